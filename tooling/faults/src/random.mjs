const U32 = 2 ** 32;

/** Numbers that follow from a seed (mulberry32): the plan of a run, not for secrets. */
export class Random {
  #state;

  /** @param {string | number} seed */
  constructor(seed) {
    this.#state = 0x9e3779b9;
    for (const char of String(seed)) {
      this.#state = Math.imul(this.#state ^ char.charCodeAt(0), 0x01000193) >>> 0;
    }
  }

  /** Uniform in [0, 1). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / U32;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low, high) {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** A whole number from `low` to `high`; each size is as likely as its double. */
  size(low, high) {
    return Math.round(low * (high / low) ** this.next());
  }

  /** True with this probability. */
  chance(probability) {
    return this.next() < probability;
  }

  /** A wait whose mean is `mean`. */
  exponential(mean) {
    return -Math.log(1 - this.next()) * mean;
  }

  /**
   * One of the list.
   *
   * @template T
   * @param {readonly T[]} list not empty
   * @returns {T}
   */
  pick(list) {
    return list[this.between(0, list.length - 1)];
  }

  /**
   * A copy in another order.
   *
   * @template T
   * @param {readonly T[]} list
   * @returns {T[]}
   */
  shuffle(list) {
    const copy = [...list];
    for (let last = copy.length - 1; last > 0; last -= 1) {
      const other = this.between(0, last);
      [copy[last], copy[other]] = [copy[other], copy[last]];
    }
    return copy;
  }
}
