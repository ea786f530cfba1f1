import type { Clock, TimerHandle } from '@amop/ports';

/** A wait for a time or for news, whichever is first; news that come while nobody waits are not lost. */
export class Wake {
  readonly #clock: Clock;
  #timer: TimerHandle | undefined;
  #resolve: (() => void) | undefined;
  #hasNews = false;

  constructor(dependencies: { readonly clock: Clock }) {
    this.#clock = dependencies.clock;
  }

  /** Resolves after `delayMs`, or at the next `call`, or at once when one came since the last wait. */
  wait(delayMs: number): Promise<void> {
    if (this.#hasNews || delayMs <= 0) {
      this.#hasNews = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#timer = this.#clock.setTimer(() => this.#end(), delayMs);
    });
  }

  /** There is news. */
  readonly call = (): void => {
    if (this.#resolve === undefined) this.#hasNews = true;
    else this.#end();
  };

  #end(): void {
    const resolve = this.#resolve;
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#resolve = undefined;
    resolve?.();
  }
}
