/** At most `count` in any `windowMs`. */
export class RateLimit {
  /** When the last `count` happened, as a ring. */
  readonly #timesMs: number[];
  readonly #windowMs: number;
  #next = 0;

  constructor(options: { readonly count: number; readonly windowMs: number }) {
    this.#timesMs = new Array<number>(options.count).fill(Number.NEGATIVE_INFINITY);
    this.#windowMs = options.windowMs;
  }

  /** Takes one at `nowMs` (monotonic); false when that would be too many. */
  take(nowMs: number): boolean {
    const oldestMs = this.#timesMs[this.#next] ?? Number.NEGATIVE_INFINITY;
    if (nowMs - oldestMs < this.#windowMs) return false;
    this.#timesMs[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.#timesMs.length;
    return true;
  }
}
