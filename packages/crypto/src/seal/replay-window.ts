/** Counters that may arrive out of order. */
export const REPLAY_WINDOW = 1024;

const BITS = 32;

/** What is known of a counter: new, seen before, or so old that nobody can tell. */
export type CounterVerdict = 'fresh' | 'repeated' | 'late';

/**
 * Remembers which of the last {@link REPLAY_WINDOW} counters have been seen (as RFC 6479 does it):
 * a ring of bits, 128 bytes, constant time.
 *
 * Ask {@link check} first, and {@link mark} only what has turned out to be authentic: otherwise
 * anybody could move the window.
 */
export class ReplayWindow {
  readonly #bits = new Uint32Array(REPLAY_WINDOW / BITS);
  /** Highest counter that was marked; -1 before the first. */
  #highest = -1;

  /** What is known of `counter`, an integer from 0 to 2^53 - 1. */
  check(counter: number): CounterVerdict {
    if (counter > this.#highest) return 'fresh';
    if (this.#highest - counter >= REPLAY_WINDOW) return 'late';
    return this.#isMarked(counter) ? 'repeated' : 'fresh';
  }

  /** Remembers `counter`. The caller has checked that it is fresh. */
  mark(counter: number): void {
    this.#advance(counter);
    const at = counter % REPLAY_WINDOW;
    const word = at >>> 5;
    this.#bits[word] = (this.#bits[word] ?? 0) | (1 << (at % BITS));
  }

  #isMarked(counter: number): boolean {
    const at = counter % REPLAY_WINDOW;
    return (((this.#bits[at >>> 5] ?? 0) >>> (at % BITS)) & 1) === 1;
  }

  /** Moves the window up to `counter`; the places that come in new are those of counters unseen. */
  #advance(counter: number): void {
    if (counter <= this.#highest) return;
    if (counter - this.#highest >= REPLAY_WINDOW) this.#bits.fill(0);
    else for (let next = this.#highest + 1; next <= counter; next++) this.#clear(next);
    this.#highest = counter;
  }

  #clear(counter: number): void {
    const at = counter % REPLAY_WINDOW;
    const word = at >>> 5;
    this.#bits[word] = (this.#bits[word] ?? 0) & ~(1 << (at % BITS));
  }
}
