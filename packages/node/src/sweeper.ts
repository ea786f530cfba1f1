import type { Clock, TimerHandle } from '@amop/ports';

/** Time between two sweeps while there is something to sweep, in ms. */
const SWEEP_MS = 20;

/** One timer for all that has a deadline: runs only while there is something with one. */
export class Sweeper {
  readonly #clock: Clock;
  readonly #sweep: (nowMs: number) => boolean;
  readonly #onTimer: () => void;
  #timer: TimerHandle | undefined;
  #stopped = false;

  /** @param sweep looks at what is due and says whether there is more to come */
  constructor(clock: Clock, sweep: (nowMs: number) => boolean) {
    this.#clock = clock;
    this.#sweep = sweep;
    this.#onTimer = () => {
      this.#timer = undefined;
      if (this.#sweep(this.#clock.nowMs())) this.wake();
    };
  }

  /** Something with a deadline has begun. Costs one comparison when the timer runs already. */
  wake(): void {
    if (this.#timer !== undefined || this.#stopped) return;
    this.#timer = this.#clock.setTimer(this.#onTimer, SWEEP_MS);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
