import type { Clock, TimerHandle } from '@amop/ports';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class VirtualClock implements Clock {
  readonly #timers: Set<Timer> = new Set();
  readonly #wallStartMs: number;
  #nowMs = 0;
  #order = 0;

  /** @param wallStartMs what `wallMs` gives at first; by default a fixed day in 2026 */
  constructor(wallStartMs = 1_767_225_600_000) {
    this.#wallStartMs = wallStartMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallStartMs + this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number): TimerHandle {
    this.#order += 1;
    const timer = { atMs: this.#nowMs + Math.max(delayMs, 0), order: this.#order, callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(handle: TimerHandle): void {
    // Only timers of this clock are in the set; anything else is not found.
    this.#timers.delete(handle as Timer);
  }

  /** Number of timers that run. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Time of the next timer, `undefined` when none runs. */
  get nextTimerMs(): number | undefined {
    return this.#next()?.atMs;
  }

  /** Moves on, firing each timer at its time, in order; those set on the way as well. */
  advance(byMs: number): void {
    this.advanceTo(this.#nowMs + byMs);
  }

  /** Moves on to a time of `nowMs`. */
  advanceTo(targetMs: number): void {
    for (;;) {
      const timer = this.#next();
      if (timer === undefined || timer.atMs > targetMs) break;
      this.#timers.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, timer.atMs);
      timer.callback();
    }
    this.#nowMs = Math.max(this.#nowMs, targetMs);
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.atMs < next.atMs) next = timer;
      else if (timer.atMs === next.atMs && timer.order < next.order) next = timer;
    }
    return next;
  }
}
