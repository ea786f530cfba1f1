import { RateLimit } from './rate-limit.ts';
import { RecentValues } from './recent-values.ts';

/** Keys that are remembered: the last 512 at least. */
const MAX_REMEMBERED = 1024;
/** Anybody can send offers under as many keys as he likes: so many are told of in a minute. */
const MAX_PER_MINUTE = 10;

/** The publishers that one private topic has refused: each is worth a word, once. */
export class RefusedPublishers {
  readonly #seen = new RecentValues({ maxEntries: MAX_REMEMBERED });
  readonly #rate = new RateLimit({ count: MAX_PER_MINUTE, windowMs: 60_000 });

  /** Whether to tell of that key; remembers it then. `nowMs` is monotonic. */
  isNews(key: string, nowMs: number): boolean {
    if (this.#seen.has(key) || !this.#rate.take(nowMs)) return false;
    this.#seen.add(key);
    return true;
  }
}
