/** Dead places at the front are cut off only once there are this many: cheap on average. */
const COMPACT_FROM = 1024;
/** Stands where an entry was taken out of the middle; sequences begin at 1. */
const NOTHING = 0;

/**
 * The multicasts of one connection in the order they were written, as numbers of their sequences.
 *
 * Where acks were agreed, the node answers not each one but with the number that it accepted since
 * it last said so; one that it refuses is answered by itself and is not counted. So an entry stays
 * here until the node has spoken about it, also when its caller gave up.
 */
export class PublishQueue {
  readonly #numbers: number[] = [];
  #head = 0;
  #size = 0;

  /** Multicasts that the node has not spoken about. */
  get size(): number {
    return this.#size;
  }

  /** Adds the multicast that was written last. */
  push(number: number): void {
    this.#numbers.push(number);
    this.#size++;
  }

  /**
   * Takes the oldest `count` entries and passes them on in order.
   *
   * @returns false when there were fewer: the node counts what it was not sent
   */
  takeOldest(count: number, onTaken: (number: number) => void): boolean {
    let left = count;
    while (left > 0 && this.#size > 0) {
      const number = this.#numbers[this.#head++] ?? NOTHING;
      if (number === NOTHING) continue;
      this.#size--;
      left--;
      onTaken(number);
    }
    this.#compact();
    return left === 0;
  }

  /** Takes out an entry that the node answered by itself; false if it is not here. */
  remove(number: number): boolean {
    const index = number === NOTHING ? -1 : this.#numbers.indexOf(number, this.#head);
    if (index < 0) return false;
    this.#numbers[index] = NOTHING;
    this.#size--;
    return true;
  }

  #compact(): void {
    if (this.#size === 0) {
      this.#numbers.length = 0;
      this.#head = 0;
    } else if (this.#head >= COMPACT_FROM && this.#head * 2 >= this.#numbers.length) {
      this.#numbers.splice(0, this.#head);
      this.#head = 0;
    }
  }
}
