/** Counters that are looked back: more than are on the way at a time. */
const WINDOW = 16_384;
const WORD_BITS = 32;

/** Which counters of one run have come. What was captured on the way and is sent again counts for nothing. */
export class CounterWindow {
  /** One bit for each of the last counters, by the rest of their division. */
  readonly #seen = new Uint32Array(WINDOW / WORD_BITS);
  #highest = -1;

  /** Enters a counter; false when it has come before, or is too old for that to be known. */
  take(counter: number): boolean {
    if (counter <= this.#highest - WINDOW) return false;
    if (counter > this.#highest) this.#moveTo(counter);
    const at = counter % WINDOW;
    const word = Math.floor(at / WORD_BITS);
    const bit = 1 << (at % WORD_BITS);
    const seen = this.#seen[word] ?? 0;
    if ((seen & bit) !== 0) return false;
    this.#seen[word] = seen | bit;
    return true;
  }

  #moveTo(counter: number): void {
    if (counter - this.#highest >= WINDOW) this.#seen.fill(0);
    else {
      for (let each = this.#highest + 1; each <= counter; each++) {
        const at = each % WINDOW;
        const word = Math.floor(at / WORD_BITS);
        this.#seen[word] = (this.#seen[word] ?? 0) & ~(1 << (at % WORD_BITS));
      }
    }
    this.#highest = counter;
  }
}
