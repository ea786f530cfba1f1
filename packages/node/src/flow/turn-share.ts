import type { Clock, Scheduler, TimerHandle } from '@amop/ports';
import type { ReadGate } from './read-gate.ts';

/** Work on one connection's input after which the others get their turn, in ms. */
const SHARE_MS = 2;
/** Chunks with less time between them came in the same turn, or in turns with nothing else to do, in ms. */
const GAP_MS = 0.5;
/** Work in one turn from which on the others get as much time as it took, in ms. */
const LONG_MS = 200;
/** So much at most, in ms. */
const MAX_REST_MS = 5_000;

/** What a {@link TurnShare} works with. */
export interface TurnShareDependencies {
  readonly clock: Pick<Clock, 'setTimer' | 'clearTimer'>;
  readonly scheduler: Scheduler;
}

/**
 * The share of one connection in a turn of the event loop.
 *
 * libuv reads up to 32 chunks of one connection in a row, 2 MiB: where they hold many small frames, that is
 * a second of work before anybody else is heard. So a connection that has used up its share is not read
 * until the end of the turn; and one whose frame took very long, as a list of a million topics does, is not
 * read for as long again: half of the time stays for the others whatever it sends.
 */
export class TurnShare {
  readonly #gate: ReadGate;
  readonly #clock: TurnShareDependencies['clock'];
  readonly #scheduler: Scheduler;
  readonly #endOfTurn: () => void;
  #usedMs = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  #waiting = false;
  #stopped = false;
  #rest: TimerHandle | undefined;

  constructor(gate: ReadGate, { clock, scheduler }: TurnShareDependencies) {
    this.#gate = gate;
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#endOfTurn = () => {
      if (this.#stopped) return;
      if (this.#usedMs < LONG_MS) this.#goOn();
      else this.#rest = clock.setTimer(() => this.#goOn(), Math.min(this.#usedMs, MAX_REST_MS));
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
    this.#scheduler.endOfTurn(this.#endOfTurn);
  }

  /** The connection is gone: no timer stays. */
  stop(): void {
    this.#stopped = true;
    if (this.#rest !== undefined) this.#clock.clearTimer(this.#rest);
    this.#rest = undefined;
  }

  #goOn(): void {
    this.#rest = undefined;
    this.#waiting = false;
    this.#usedMs = 0;
    this.#gate.unblock();
  }
}
