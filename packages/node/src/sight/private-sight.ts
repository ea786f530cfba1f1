import {
  isPrivateTopic,
  parseChallengeRoute,
  payloadOfMarker,
  payloadTopic,
  privateTopicName,
  type TopicName,
} from '@amop/codec';
import type { PrivatePair, PrivatePairState, TopicReceivers } from '@amop/router';
import type { NodeContext } from '../node-context.ts';
import type { PeerHost } from '../peer/peer-host.ts';
import { type Party, peerParty } from './party.ts';

/** One publisher of this node on a private topic and one route of a subscriber; JSON-safe. */
export interface PrivatePairSight {
  /** The name that applications know the topic by. */
  readonly topic: string;
  readonly state: PrivatePairState;
  /** Ms since 1970: end of the proof (`proven`), of the wait (`asked`), or the next question. */
  readonly untilMs?: number;
  /** Absent for `no-publisher`. */
  readonly publisher?: Party;
  /** The node that lists the route; only its ID when it is not connected. Absent for `no-subscriber`. */
  readonly node?: { readonly nodeId: string; readonly name?: string; readonly agency?: string };
  /** The end of the route's ID. */
  readonly route?: string;
}

/** Receivers of a topic; of a reserved one with what it is for. */
export interface TopicSight extends TopicReceivers {
  /** The private topic that it belongs to, and whether subscribers, publishers or one subscriber's proofs listen there. */
  readonly private?: {
    readonly topic: string;
    readonly role: 'subscribers' | 'publishers' | 'route';
  };
}

/** What an operator sees of private topics. */
export class PrivateSight {
  readonly #context: NodeContext;
  readonly #peers: PeerHost;

  constructor(context: NodeContext, peers: PeerHost) {
    this.#context = context;
    this.#peers = peers;
  }

  /** Pairs of publisher and route, of the private topic of that name or of all; at most `limit`. */
  pairs(name: string | undefined, limit: number): PrivatePairSight[] {
    const payload = name === undefined ? undefined : payloadOf(name);
    if (name !== undefined && payload === undefined) return [];
    const { clock, router } = this.#context;
    const nowMs = clock.nowMs();
    const aheadMs = clock.wallMs() - nowMs;
    const nodes = this.#nodes();
    return router
      .privatePairs(payload, limit, nowMs)
      .map((pair) => this.#pair(pair, nodes, aheadMs));
  }

  #pair(
    { place, publisher: id, route, state, topic, untilMs }: PrivatePair,
    nodes: ReadonlyMap<string, Party>,
    aheadMs: number,
  ): PrivatePairSight {
    const publisher = id === undefined ? undefined : this.#context.parties.get(id);
    const { agency, name } = nodes.get(place ?? '') ?? {};
    const known = agency === undefined || name === undefined ? {} : { agency, name };
    return {
      topic,
      state,
      ...(untilMs !== undefined && { untilMs: Math.round(untilMs + aheadMs) }),
      ...(publisher && { publisher }),
      ...(place !== undefined && { node: { nodeId: place, ...known } }),
      ...(route !== undefined && { route }),
    };
  }

  #nodes(): Map<string, Party> {
    const { identity, nodeId } = this.#context;
    const nodes = new Map<string, Party>([[nodeId, peerParty(nodeId, identity)]]);
    for (const { link, nodeId: id } of this.#peers.active()) {
      nodes.set(id, peerParty(id, link.connection.identity));
    }
    return nodes;
  }
}

/** The payload topic of a name; undefined when no private topic can have it. */
export function payloadOf(name: string): TopicName | undefined {
  try {
    return payloadTopic(name);
  } catch {
    // Too long, empty, or no topic at all: nobody can be there.
    return undefined;
  }
}

/** The receivers with what a reserved topic is for. */
export function topicSight(receivers: TopicReceivers): TopicSight {
  const { topic } = receivers;
  if (isPrivateTopic(topic)) return withRole(receivers, topic as TopicName, 'subscribers'); // in the table: a topic
  const route = parseChallengeRoute(topic);
  if (route !== undefined) return withRole(receivers, route.payload, 'route');
  const payload = payloadOfMarker(topic);
  return payload === undefined ? receivers : withRole(receivers, payload, 'publishers');
}

function withRole(
  receivers: TopicReceivers,
  payload: TopicName,
  role: NonNullable<TopicSight['private']>['role'],
): TopicSight {
  return { ...receivers, private: { topic: privateTopicName(payload), role } };
}
