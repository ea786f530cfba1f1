import type { Clock, TimerHandle } from '@amop/ports';

/** A wait that its owner can cut short. One at a time. */
export class Delay {
  readonly #clock: Clock;
  #timer: TimerHandle | undefined;
  #resolve: (() => void) | undefined;
  #cancelled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after `delayMs`, or at `cancel()`. */
  wait(delayMs: number): Promise<void> {
    if (this.#cancelled) return Promise.resolve();
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#timer = this.#clock.setTimer(() => {
        this.#timer = undefined;
        resolve();
      }, delayMs);
    });
  }

  /** Ends the wait that runs and all to come. */
  cancel(): void {
    this.#cancelled = true;
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#resolve?.();
  }
}
