import { parseTopicName, type RefusedTopic, type TopicName } from '@amop/codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeltaReplica } from '../../src/replica/delta-replica.ts';
import type { ReplicaEvents, TopicReplica } from '../../src/replica/topic-replica.ts';
import { WholeReplica } from '../../src/replica/whole-replica.ts';

const TOPICS = ['a', 'b', 'c'].map(parseTopicName);

/** A wanted set and a node that applies what it was sent when the test says so, in order. */
class Bench {
  readonly wantedSet = new Set<TopicName>();
  readonly node = new Set<TopicName>();
  readonly #inFlight: { apply: (to: Set<TopicName>) => void; answer: () => void }[] = [];
  readonly replica: TopicReplica;

  constructor(kind: 'delta' | 'whole') {
    const { wantedSet } = this;
    const events: ReplicaEvents = { onApplied: () => {}, onRefused: () => {}, onLost: fail };
    const wanted = {
      get size() {
        return wantedSet.size;
      },
      has: (topic: TopicName) => wantedSet.has(topic),
      topics: () => wantedSet,
    };
    this.replica =
      kind === 'delta'
        ? new DeltaReplica({
            ...events,
            wanted,
            send: (add, remove) =>
              this.#fly((to) => {
                for (const topic of remove) to.delete(topic);
                for (const topic of add) to.add(topic);
              }),
          })
        : new WholeReplica({
            ...events,
            wanted,
            send: (topics) =>
              this.#fly((to) => {
                to.clear();
                for (const topic of topics) to.add(topic);
              }),
          });
  }

  get inFlight(): number {
    return this.#inFlight.length;
  }

  want(topic: TopicName, isWanted: boolean): void {
    if (isWanted) this.wantedSet.add(topic);
    else this.wantedSet.delete(topic);
    this.replica.changed(topic);
  }

  /** What the node will have once everything on its way has arrived. */
  get nodeLater(): Set<TopicName> {
    const later = new Set(this.node);
    for (const { apply } of this.#inFlight) apply(later);
    return later;
  }

  /** The oldest frame arrives, is applied and answered. */
  async land(): Promise<void> {
    const frame = this.#inFlight.shift();
    frame?.apply(this.node);
    frame?.answer();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }

  #fly(apply: (to: Set<TopicName>) => void): Promise<readonly RefusedTopic[]> {
    return new Promise((resolve) => {
      this.#inFlight.push({ apply, answer: () => resolve([]) });
    });
  }
}

function fail(error: unknown): never {
  throw error;
}

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('want'), topic: fc.nat(2), on: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('flush'), topic: fc.nat(2), on: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('land'), topic: fc.nat(2), on: fc.boolean() }),
  },
);

test.each(['delta', 'whole'] as const)(
  'any order of changes, flushes and answers ends with what is wanted, and never claims more (%s)',
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const bench = new Bench(kind);
        const replayed = bench.replica.replay();
        await bench.land();
        await replayed;
        for (const { kind: what, topic, on } of steps) {
          const name = TOPICS[topic];
          if (name === undefined) throw new Error('no such topic');
          if (what === 'want') bench.want(name, on);
          else if (what === 'flush') bench.replica.flush();
          else await bench.land();
          for (const each of TOPICS) {
            const has = bench.replica.has(each);
            if (has === undefined) continue;
            expect([bench.node.has(each), bench.nodeLater.has(each)]).toEqual([has, has]);
          }
        }
        do {
          bench.replica.flush();
          await bench.land();
        } while (bench.inFlight > 0);
        expect(bench.node).toEqual(bench.wantedSet);
        for (const each of TOPICS) expect(bench.replica.has(each)).toBe(bench.node.has(each));
      }),
      { numRuns: 300 },
    );
  },
);

test('a replay of nothing sends nothing', async () => {
  for (const kind of ['delta', 'whole'] as const) {
    const bench = new Bench(kind);
    await bench.replica.replay();
    expect(bench.inFlight).toBe(0);
  }
});
