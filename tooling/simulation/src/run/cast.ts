import type { TopicName } from '@amop/codec';
import type { HostPort } from '@amop/node';
import type { FileScene } from '../party/file-context.ts';
import { Intruder } from '../party/intruder.ts';
import { OriginalNode } from '../party/original-node.ts';
import { OriginalSdk } from '../party/original-sdk.ts';
import { OwnClient } from '../party/own-client.ts';
import { type Forbidden, OwnNode } from '../party/own-node.ts';
import { HAS_MARKER, Spy } from '../party/spy.ts';
import type { Plan } from '../plan/plan.ts';
import { nodeMembers } from './members.ts';
import { allRoutes } from './secret-views.ts';
import type { Stage } from './stage.ts';

const CHANNEL_PORT = 20_200;
/** Port of every node for nodes. */
export const P2P_PORT = 30_300;

/** Everybody who takes part in a run. */
export class Cast {
  readonly nodes: ReadonlyMap<string, OwnNode>;
  readonly originals: ReadonlyMap<string, OriginalNode>;
  readonly clients: ReadonlyMap<string, OwnClient>;
  readonly sdks: ReadonlyMap<string, OriginalSdk>;
  readonly spies: ReadonlyMap<string, Spy>;
  readonly intruders: ReadonlyMap<string, Intruder>;
  /** What the rules of all nodes of ours forbid, by fingerprint. */
  readonly #forbidden: Map<string, Forbidden>;

  constructor(plan: Plan, stage: Stage) {
    const members = nodeMembers();
    const machines = [...plan.nodes, ...plan.originals].map(({ name }) => name);
    const hostOf = (name: string): string => `10.0.0.${machines.indexOf(name) + 1}`;
    const p2pOf = (name: string): HostPort => ({ host: hostOf(name), port: P2P_PORT });
    const channelOf = (name: string): HostPort => ({ host: hostOf(name), port: CHANNEL_PORT });
    const memberOf = (rank: number): (typeof members)[number] => {
      const member = members[rank];
      if (member === undefined) throw new RangeError(`no credentials for place ${rank}`);
      return member;
    };
    const forbidden = new Map<string, Forbidden>(
      plan.clients.flatMap(({ forbidden: topics, name }) =>
        topics.length > 0
          ? [[fingerprintOf(name), { publish: topics, subscribe: topics }] as const]
          : [],
      ),
    );
    this.#forbidden = forbidden;
    const fileTopics = plan.fileTopics.map(({ name }) => name);
    const topics = [...plan.topics, ...plan.secrets, ...fileTopics];
    this.nodes = byName(
      plan.nodes.map((each) => {
        const ports = { channel: channelOf(each.name), p2p: p2pOf(each.name) };
        const peers = each.dials.map(p2pOf);
        const member = memberOf(each.rank);
        return new OwnNode(each, { ...ports, peers, member, forbidden, topics }, stage);
      }),
    );
    this.originals = byName(
      plan.originals.map((each) => {
        const peers = each.dials.map(p2pOf);
        const ports = { channel: channelOf(each.name), p2p: p2pOf(each.name) };
        const options = { ...ports, peers, member: memberOf(each.rank) };
        return new OriginalNode(each, options, stage);
      }),
    );
    const files = fileTopics.length > 0 ? this.#fileScene(plan) : undefined;
    this.clients = byName(
      plan.clients.map((each) => {
        const endpoints = each.nodes.map((node) => `${hostOf(node)}:${CHANNEL_PORT}`);
        const isAtOriginal = plan.originals.some(({ name }) => each.nodes.includes(name));
        const fingerprint = fingerprintOf(each.name);
        return new OwnClient(each, { endpoints, fingerprint, isAtOriginal, files }, stage);
      }),
    );
    const ownSeqs = plan.originals.some(({ name }) =>
      plan.clients.some(({ nodes }) => nodes.includes(name)),
    );
    this.sdks = byName(
      plan.sdks.map((each) => {
        const fingerprint = fingerprintOf(each.sharesWith ?? each.name);
        const at = channelOf(each.node);
        return new OriginalSdk(each, { at, fingerprint, ownSeqs }, stage);
      }),
    );
    this.spies = byName(
      plan.spies.map((each) => {
        const at = channelOf(each.node);
        // One spy that asks another would never end.
        const routes = (): readonly TopicName[] => {
          const own = new Set([...this.spies.values()].map(({ route }) => route));
          return allRoutes(this, each.topic).filter((route) => !own.has(route));
        };
        const nodeIds = [...this.nodes.values()].map(({ nodeId }) => nodeId);
        const fingerprint = fingerprintOf(each.name);
        const { frames: recorded } = stage.recorder;
        const isGranted = plan.spies.some(
          ({ manner, topic }) => topic === each.topic && HAS_MARKER.has(manner),
        );
        const options = { at, fingerprint, routes, nodeIds, recorded, isGranted };
        return new Spy(each, options, stage);
      }),
    );
    this.intruders = byName(
      plan.intruders.map((each) => {
        const at = channelOf(each.node);
        return new Intruder(each, { at, fingerprint: fingerprintOf(each.name) }, stage);
      }),
    );
    this.#introduce(stage);
    stage.hasOriginals = this.originals.size > 0;
    for (const { name, secrets } of this.clients.values()) {
      stage.holders.set(secrets.keyNumber, [name]);
    }
    for (const { name, plan: own } of this.sdks.values()) {
      if (own.secret?.role === 'subscribes') stage.holders.set(own.secret.key, [name]);
    }
  }

  /** Tells what log lines call the parties. */
  #introduce(stage: Stage): void {
    for (const { name, nodeId } of [...this.nodes.values(), ...this.originals.values()]) {
      stage.names.set(nodeId, name);
    }
  }

  /** Who sends and receives files, as far as each must know. */
  #fileScene({ clients, fileTopics }: Plan): FileScene {
    return {
      topics: fileTopics,
      keys: new Map(clients.map(({ name }) => [Number(name.slice(1)), name])),
      receivers: (topic) =>
        [...this.clients.values()].flatMap(({ files, name }) => {
          const manner = files?.receiving.mannerOn(topic);
          return manner === undefined ? [] : { client: name, manner };
        }),
      look: (topic) => {
        for (const { files } of this.clients.values()) files?.receiving.look(topic);
      },
    };
  }

  /** Forbids an application one use of a topic; nodes know of it after their next reload. */
  forbid(name: string, use: keyof Forbidden, topic: string): void {
    const fingerprint = fingerprintOf(name);
    const before = this.#forbidden.get(fingerprint) ?? { publish: [], subscribe: [] };
    this.#forbidden.set(fingerprint, { ...before, [use]: [...before[use], topic] });
  }

  /** Brings everybody to life. */
  start(): void {
    for (const party of this.all()) party.start();
  }

  /** Nodes first. */
  all(): (OwnNode | OriginalNode | OwnClient | OriginalSdk | Spy | Intruder)[] {
    return [
      ...this.nodes.values(),
      ...this.originals.values(),
      ...this.clients.values(),
      ...this.sdks.values(),
      ...this.spies.values(),
      ...this.intruders.values(),
    ];
  }
}

function byName<Party extends { readonly name: string }>(parties: Party[]): Map<string, Party> {
  return new Map(parties.map((party) => [party.name, party]));
}

/** What takes the place of the SHA-256 of a certificate. */
function fingerprintOf(name: string): string {
  const hex = Array.from(new TextEncoder().encode(name), (byte) =>
    byte.toString(16).padStart(2, '0'),
  );
  return hex.join('').padStart(64, 'c');
}
