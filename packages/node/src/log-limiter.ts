import type { Clock, Logger } from '@amop/ports';

/** Lines a second for what others can cause as often as they like. */
const LINES_PER_SECOND = 10;
const SECOND_MS = 1_000;

/** Warnings about what others do, so many a second; what is left out is counted in the next line. */
export class LogLimiter {
  readonly #clock: Clock;
  readonly #logger: Logger;
  #sinceMs = 0;
  #lines = 0;
  #leftOut = 0;

  constructor(dependencies: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = dependencies.clock;
    this.#logger = dependencies.logger;
  }

  warn(details: Record<string, unknown>, message: string): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#sinceMs >= SECOND_MS) {
      this.#sinceMs = nowMs;
      this.#lines = 0;
    }
    if (this.#lines++ >= LINES_PER_SECOND) {
      this.#leftOut++;
      return;
    }
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    this.#logger.warn(leftOut > 0 ? { ...details, leftOut } : details, message);
  }
}
