import type { SeededRandom } from '@amop/testkit/memory';
import type { FairEvent } from '../history/history-event.ts';
import type { OwnClient } from '../party/own-client.ts';
import type { Plan } from '../plan/plan.ts';
import type { Cast } from './cast.ts';
import type { Stage } from './stage.ts';
import { applicationsOf, areNeighbours } from './views.ts';

/** Requests of a fair group for each of its receivers: a share half as large again is no chance. */
const SHARE = 100;
const TIMEOUT_MS = 15_000;
/** Time in which everything that is sent has arrived, in ms. */
const SETTLE_MS = 16_000;
const ROUND_TRIPS = 4;
/** Between the changes of one subscription, in ms: one by one, or within what a node gathers. */
const PAUSES_MS: readonly number[] = [60, 3, 1];
const SIZES: readonly number[] = [0, 100, 3_000, 30_000];
const SMALL_SIZES: readonly number[] = [0, 100, 100, 1_000];

/**
 * The time after the last fault: what is sent now must arrive.
 *
 * One subscriber of a topic stays as it is, while others come and go.
 */
export class Calm {
  readonly #plan: Plan;
  readonly #cast: Cast;
  readonly #stage: Stage;
  readonly #random: SeededRandom;

  constructor(plan: Plan, cast: Cast, stage: Stage) {
    this.#plan = plan;
    this.#cast = cast;
    this.#stage = stage;
    this.#random = stage.random('calm');
  }

  /** Sends, and waits until all of it has had its time. */
  async run(): Promise<void> {
    const { loop } = this.#stage;
    const leaving = this.#drawLeaving();
    for (const client of this.#cast.clients.values()) {
      const [node] = client.readyNodes();
      if (node === undefined) continue;
      for (const topic of this.#plan.topics) this.#use(client, node, topic, leaving);
    }
    this.#useTwins(leaving);
    this.#useSdks(leaving);
    if (this.#random.below(5) === 0) this.#useFairly(leaving);
    const { violations } = this.#stage.judge;
    await loop.run(loop.nowMs + SETTLE_MS, () => violations.length > 0);
    if (violations.length > 0) return;
    this.#stage.record({ kind: 'settled' });
    for (const group of this.#groups) this.#stage.record({ kind: 'fair', ...group });
  }

  readonly #groups: Omit<FairEvent, 'kind' | 'atMs'>[] = [];

  /** Subscriptions, `client topic`, that come and go meanwhile: nobody may count on them. */
  #drawLeaving(): Set<string> {
    const leaving = new Set<string>();
    for (const client of this.#cast.clients.values()) {
      // An original node takes the refusal of one that is leaving for the answer, and asks nobody else.
      if (client.plan.nodes.some((node) => this.#cast.originals.has(node))) continue;
      for (const topic of client.topics()) {
        if (this.#random.below(4) > 0) continue;
        leaving.add(`${client.name} ${topic}`);
        const startMs = this.#random.below(300);
        const pauseMs = PAUSES_MS[this.#random.below(PAUSES_MS.length)] ?? 0;
        for (let turn = 0; turn < 3; turn += 1) {
          const atMs = startMs + turn * 2 * pauseMs;
          client.process.later(atMs, () => client.unsubscribe(topic));
          client.process.later(atMs + pauseMs, () => client.subscribe(topic, 'prompt'));
        }
      }
    }
    return leaving;
  }

  /** A second subscription beside one that stays: its end must not end the other. */
  #useTwins(leaving: ReadonlySet<string>): void {
    for (const client of this.#cast.clients.values()) {
      for (const topic of client.topics()) {
        if (leaving.has(`${client.name} ${topic}`) || this.#random.below(3) > 0) continue;
        const forMs = this.#random.below(300);
        client.process.later(this.#random.below(300), () => client.twin(topic, forMs));
      }
    }
  }

  #use(client: OwnClient, node: string, topic: string, leaving: ReadonlySet<string>): void {
    if (client.plan.forbidden.includes(topic)) return;
    const receivers = this.#receivers(node, topic, leaving);
    const isSure = receivers.length > 0 && this.#isReliable(node);
    for (let count = 0; count < 3; count += 1) {
      const bytes = this.#size();
      const atMs = this.#random.below(600);
      client.process.later(atMs, () =>
        client.request(topic, {
          bytes,
          timeoutMs: TIMEOUT_MS,
          ...(isSure && { mustSucceed: true, willing: receivers }),
        }),
      );
    }
    const bytes = this.#size();
    client.process.later(this.#random.below(600), () =>
      client.publish(topic, bytes, isSure ? receivers : undefined),
    );
  }

  /** Bytes of a body that the links carry in a few round trips, and that small queues take from everybody at once. */
  #size(): number {
    const isTight = this.#plan.nodes.some(({ tight }) => tight);
    const bytes = (isTight ? SMALL_SIZES : SIZES)[this.#random.below(SIZES.length)] ?? 0;
    return Math.min(bytes, ROUND_TRIPS * this.#plan.weather.windowBytes);
  }

  #useSdks(leaving: ReadonlySet<string>): void {
    for (const sdk of this.#cast.sdks.values()) {
      const [topic] = this.#plan.topics;
      if (topic === undefined) continue;
      const receivers = this.#receivers(sdk.plan.node, topic, leaving);
      const isSure = receivers.length > 0 && this.#isReliable(sdk.plan.node);
      for (let count = 0; count < 6; count += 1) {
        sdk.process.later(this.#random.below(600), () => sdk.request(topic, 100, isSure));
      }
      sdk.process.later(this.#random.below(600), () =>
        sdk.publish(topic, 100, isSure ? receivers : undefined),
      );
    }
  }

  /** Many requests of one client in one second: everybody has his share (D-15). */
  #useFairly(leaving: ReadonlySet<string>): void {
    const clients = [...this.#cast.clients.values()];
    const client = clients[this.#random.below(clients.length)];
    const topic = this.#plan.topics[this.#random.below(this.#plan.topics.length)];
    const [node] = client?.readyNodes() ?? [];
    if (client === undefined || topic === undefined || node === undefined) return;
    if (client.plan.forbidden.includes(topic)) return;
    if (!this.#isReliable(node)) return;
    const among = this.#receivers(node, topic, leaving).filter((name) => name !== client.name);
    if (among.length < 2) return;
    const group = `${client.name}-${topic}`;
    this.#groups.push({
      group,
      among,
      areEqual: this.#areEqual(among),
    });
    const startMs = this.#random.below(300);
    for (let count = 0; count < SHARE * among.length; count += 1) {
      client.process.later(startMs + count * 2, () =>
        client.request(topic, {
          bytes: 60,
          timeoutMs: TIMEOUT_MS,
          mustSucceed: true,
          willing: among,
          group,
        }),
      );
    }
  }

  /** Whether receivers weigh the same: one connection each, and no original node, which weighs one with all it has. */
  #areEqual(names: readonly string[]): boolean {
    const { clients, originals } = this.#cast;
    return (
      originals.size === 0 &&
      names.every((name) => (clients.get(name)?.plan.nodes.length ?? 1) === 1)
    );
  }

  /** Whether a node is ours and refuses nothing: an original loses messages on its own. */
  #isReliable(node: string): boolean {
    const plan = this.#cast.nodes.get(node)?.plan;
    return plan !== undefined && plan.outgoingBytesPerS === undefined;
  }

  /** Who gets messages that are sent through the node: those there and at its neighbours. */
  #receivers(node: string, topic: string, leaving: ReadonlySet<string>): string[] {
    const machines = [...this.#cast.nodes.keys()].filter(
      (name) => name === node || areNeighbours(this.#cast, node, name),
    );
    const originals = [...this.#cast.originals.values()].filter((each) =>
      areNeighbours(this.#cast, node, each.name),
    );
    const names = [
      ...machines.flatMap((name) => applicationsOf(this.#cast, name, topic)),
      ...originals.flatMap(({ name }) => applicationsOf(this.#cast, name, topic)),
      ...originals.flatMap(({ name, plan }) => (plan.topics.includes(topic) ? name : [])),
    ];
    return [...new Set(names)].filter((name) => !leaving.has(`${name} ${topic}`));
  }
}
