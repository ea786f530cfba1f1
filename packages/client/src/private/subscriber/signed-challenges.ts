import { RateLimit } from './rate-limit.ts';
import { RecentValues } from './recent-values.ts';

/** Challenges signed in any second with one key. */
const MAX_PER_SECOND = 10;
/** Values that are remembered of one key: the last 2 048 at least, so those of 200 s at the highest rate. */
const MAX_REMEMBERED = 4096;
/** Keys that are remembered; the one that was asked for longest ago goes first. */
const MAX_KEYS = 1024;

/** What was signed with one key. */
interface SignedWithKey {
  readonly rate: RateLimit;
  readonly values: RecentValues;
}

/**
 * What a client has signed for original publishers, by key: the signature says nothing of topic or
 * route, so a value that was signed on one would serve on every other one with the same key.
 */
export class SignedChallenges {
  /** By public key; the one that was asked for longest ago first. */
  readonly #keys = new Map<string, SignedWithKey>();

  /** Whether `value` was signed with `key`, 128 hex digits. */
  has(key: string, value: string): boolean {
    return this.#of(key).values.has(value);
  }

  /** Takes the right to sign `value` now (monotonic ms); false when that would be too many. */
  take(key: string, value: string, nowMs: number): boolean {
    const { rate, values } = this.#of(key);
    if (!rate.take(nowMs)) return false;
    values.add(value);
    return true;
  }

  #of(key: string): SignedWithKey {
    const known = this.#keys.get(key) ?? {
      rate: new RateLimit({ count: MAX_PER_SECOND, windowMs: 1_000 }),
      values: new RecentValues({ maxEntries: MAX_REMEMBERED }),
    };
    this.#keys.delete(key);
    this.#keys.set(key, known);
    const [oldest] = this.#keys.keys();
    if (oldest !== undefined && this.#keys.size > MAX_KEYS) this.#keys.delete(oldest);
    return known;
  }
}
