import { RateLimit } from './rate-limit.ts';

/** At most `count` in any `windowMs` for each key; of `maxKeys` keys, the most idle ones go. */
export class KeyedRate {
  readonly #options: {
    readonly count: number;
    readonly windowMs: number;
    readonly maxKeys: number;
  };
  /** The most idle first. */
  readonly #rates = new Map<string, RateLimit>();

  constructor(options: {
    readonly count: number;
    readonly windowMs: number;
    readonly maxKeys: number;
  }) {
    this.#options = options;
  }

  /** Takes one for `key` at `nowMs` (monotonic); false when that would be too many. */
  take(key: string, nowMs: number): boolean {
    const rate = this.#rates.get(key) ?? new RateLimit(this.#options);
    this.#rates.delete(key);
    this.#rates.set(key, rate);
    const [idle] = this.#rates.keys();
    if (idle !== undefined && this.#rates.size > this.#options.maxKeys) this.#rates.delete(idle);
    return rate.take(nowMs);
  }
}
