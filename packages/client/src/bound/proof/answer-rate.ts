const WINDOW_MS = 1_000;

/** Lets at most so many through in any second. */
export class AnswerRate {
  /** When the last ones went through, monotonic; a ring. */
  readonly #times: number[];
  #next = 0;

  /** @param perSecond 1 or more */
  constructor(perSecond: number) {
    this.#times = new Array<number>(perSecond).fill(Number.NEGATIVE_INFINITY);
  }

  /** Whether one more goes through now; if so it counts. */
  take(nowMs: number): boolean {
    const oldest = this.#times[this.#next] ?? 0;
    if (nowMs - oldest < WINDOW_MS) return false;
    this.#times[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.#times.length;
    return true;
  }
}
