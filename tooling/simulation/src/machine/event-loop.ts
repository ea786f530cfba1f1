import type { SeededRandom } from '@amop/testkit/memory';
import { EventHeap } from './event-heap.ts';
import type { SimEvent } from './sim-event.ts';
import type { SimProcess } from './sim-process.ts';

/** Events at one moment of virtual time after which it does not come to rest any more. */
const MAX_EVENTS_AT_ONCE = 200_000;
const TIES = 0x1_0000_0000;

/**
 * The time of a simulated network, and all that is going to happen in it.
 *
 * Each event runs in a macrotask of its own, so that what it has begun in promises has gone on before the next.
 * Events of one moment run in a drawn order.
 */
export class EventLoop {
  /** Virtual milliseconds since the beginning. */
  nowMs = 0;
  /** Events that have happened. */
  events = 0;
  readonly #heap: EventHeap = new EventHeap();
  readonly #random: SeededRandom;
  #atOnce = 0;

  /** @param random decides the order of events of one moment */
  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** Lets `run` happen in a process after `delayMs`. */
  post(process: SimProcess | undefined, delayMs: number, run: () => void): SimEvent {
    const atMs = this.nowMs + Math.max(0, delayMs);
    const event: SimEvent = { atMs, tie: this.#random.below(TIES), process, run };
    this.#heap.push(event);
    return event;
  }

  /** Posts an event again that was held back: it is due now. */
  postAgain(event: SimEvent): void {
    event.atMs = this.nowMs;
    this.#heap.push(event);
  }

  /**
   * Lets things happen until `isOver` says so after an event, or until time has come to `untilMs`.
   *
   * @throws what an event throws: in a process it would have been an uncaught exception
   */
  run(untilMs: number, isOver: () => boolean = () => false): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          if (isOver() || !this.#next(untilMs)) resolve();
          else setImmediate(step);
        } catch (error) {
          reject(error);
        }
      };
      setImmediate(step);
    });
  }

  /** The next event that counts; false when there is none before `untilMs`. */
  #next(untilMs: number): boolean {
    for (;;) {
      const event = this.#heap.pop();
      if (event?.atMs === undefined || event.atMs > untilMs) {
        if (event !== undefined) this.#heap.push(event);
        if (untilMs !== Number.POSITIVE_INFINITY) this.nowMs = Math.max(this.nowMs, untilMs);
        return false;
      }
      const { process, run } = event;
      if (run === undefined || process?.isDead === true) continue;
      if (process?.isFrozen === true) {
        process.hold(event);
        continue;
      }
      this.#moveTo(event.atMs);
      event.run = undefined;
      run();
      return true;
    }
  }

  #moveTo(atMs: number): void {
    this.events += 1;
    this.#atOnce = atMs > this.nowMs ? 0 : this.#atOnce + 1;
    this.nowMs = Math.max(this.nowMs, atMs);
    if (this.#atOnce > MAX_EVENTS_AT_ONCE) {
      throw new Error(`${MAX_EVENTS_AT_ONCE} events at one moment: something spins`);
    }
  }
}
