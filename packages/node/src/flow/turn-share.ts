import type { Scheduler } from '@amop/ports';
import type { ReadGate } from './read-gate.ts';

/** Work on one connection's input after which the others get their turn, in ms. */
const SHARE_MS = 2;
/** Chunks with less time between them came in the same turn, or in turns with nothing else to do, in ms. */
const GAP_MS = 0.5;

/**
 * The share of one connection in a turn of the event loop.
 *
 * libuv reads up to 32 chunks of one connection in a row, 2 MiB: where they hold many small frames, that is
 * a second of work before anybody else is heard. So a connection that has used up its share is not read
 * until the end of the turn.
 */
export class TurnShare {
  readonly #gate: ReadGate;
  readonly #scheduler: Scheduler;
  readonly #goOn: () => void;
  #usedMs = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  #waiting = false;

  constructor(gate: ReadGate, scheduler: Scheduler) {
    this.#gate = gate;
    this.#scheduler = scheduler;
    this.#goOn = () => {
      this.#waiting = false;
      this.#usedMs = 0;
      this.#gate.unblock();
    };
  }

  /** Tells from when to when a chunk was worked on, in monotonic ms. */
  used(fromMs: number, toMs: number): void {
    if (fromMs - this.#lastMs > GAP_MS) this.#usedMs = 0;
    this.#lastMs = toMs;
    this.#usedMs += toMs - fromMs;
    if (this.#usedMs < SHARE_MS || this.#waiting) return;
    this.#waiting = true;
    this.#gate.block();
    this.#scheduler.endOfTurn(this.#goOn);
  }
}
