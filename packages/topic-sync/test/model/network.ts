import type { TopicName } from '@amop/codec';
import fc from 'fast-check';
import { names } from '../topic-names.ts';
import type { Frame, Participant } from './participant.ts';

type Side = 0 | 1;

/** One step of a scenario; `side` is who acts. */
export type Step =
  | { kind: 'replace'; side: Side; session: number; add: TopicName[] }
  | { kind: 'update'; side: Side; session: number; add: TopicName[]; remove: TopicName[] }
  | { kind: 'announce'; side: Side }
  | { kind: 'deliver'; side: Side; frames: number }
  | { kind: 'advance'; ms: number }
  | { kind: 'reconnect' }
  | { kind: 'restart'; side: Side };

const side = fc.constantFrom<Side>(0, 1);
const session = fc.integer({ min: 1, max: 3 });
const topics = fc.array(fc.constantFrom(...names('a', 'b', 'c', 'd', 'é')), { maxLength: 3 });

const calmStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('replace'), side, session, add: topics }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('update'),
      side,
      session,
      add: topics,
      remove: topics,
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('announce'), side }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('deliver'), side, frames: fc.nat({ max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reconnect') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart'), side }) },
);

/** Scenarios in which no time passes. */
export const calmScenario: fc.Arbitrary<Step[]> = fc.array(calmStep, {
  maxLength: 60,
  size: 'max',
});

/** Scenarios in which answers may also be late. */
export const scenario: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: calmStep },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('advance'), ms: fc.integer({ min: 1, max: 7000 }) }),
    },
  ),
  { maxLength: 60, size: 'max' },
);

/** Two nodes joined by a queue each way: ordered, without loss, emptied by a new session. */
export class Network {
  readonly #nodes: readonly [Participant, Participant];
  /** Frames on the way to the node of that index. */
  #queues: [Frame[], Frame[]] = [[], []];
  #nowMs = 0;

  constructor(first: Participant, second: Participant) {
    this.#nodes = [first, second];
    this.#reconnect();
  }

  run(steps: readonly Step[]): void {
    for (const step of steps) this.#perform(step);
  }

  /** Announces what is left and delivers until nothing is on the way; no time passes. */
  settle(): void {
    for (const node of this.#nodes) node.announce(this.#nowMs);
    while (this.#queues.some((queue) => queue.length > 0)) {
      this.#deliver(0, 1);
      this.#deliver(1, 1);
    }
  }

  /** Lets heartbeats repair: three rounds, the first may still meet a request in flight. */
  settleWithHeartbeats(): void {
    this.settle();
    for (let round = 0; round < 3; round += 1) {
      this.#perform({ kind: 'advance', ms: 5000 });
      this.settle();
    }
  }

  #perform(step: Step): void {
    switch (step.kind) {
      case 'replace':
        this.#nodes[step.side].replace(step.session, step.add);
        break;
      case 'update':
        this.#nodes[step.side].update(step.session, step.add, step.remove);
        break;
      case 'announce':
        this.#nodes[step.side].announce(this.#nowMs);
        break;
      case 'deliver':
        this.#deliver(step.side, step.frames);
        break;
      case 'advance':
        this.#nowMs += step.ms;
        for (const node of this.#nodes) node.tick(this.#nowMs);
        break;
      case 'reconnect':
        this.#reconnect();
        break;
      case 'restart':
        this.#nodes[step.side].restart();
        this.#reconnect();
        break;
    }
  }

  #deliver(to: Side, frames: number): void {
    for (const frame of this.#queues[to].splice(0, frames)) {
      this.#nodes[to].receive(frame, this.#nowMs);
    }
  }

  #reconnect(): void {
    const queues: [Frame[], Frame[]] = [[], []];
    this.#queues = queues;
    this.#nodes[0].connect((frame) => queues[1].push(frame), this.#nowMs);
    this.#nodes[1].connect((frame) => queues[0].push(frame), this.#nowMs);
  }
}
