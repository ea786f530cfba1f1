/**
 * Decisions read from the bytes of an input, so that every target is fuzzed, shrunk and repeated as bytes.
 *
 * When the bytes are used up every further choice is the first one: a shorter input is a simpler one.
 */
export class Choices {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether there is something left to decide by. */
  get hasMore(): boolean {
    return this.#offset < this.#bytes.length;
  }

  /** 0..255; 0 at the end. */
  byte(): number {
    return this.#bytes[this.#offset++] ?? 0;
  }

  /** An integer in [0, limit); `limit` is at most 2^24. */
  below(limit: number): number {
    let value = this.byte();
    for (let top = 256; top < limit; top *= 256) value = value * 256 + this.byte();
    return value % limit;
  }

  /** One of `items`, which is not empty. */
  of<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  }

  bool(): boolean {
    return (this.byte() & 1) === 1;
  }

  /** So many bytes, fewer at the end. */
  take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#offset, this.#offset + count);
    this.#offset += count;
    return taken;
  }

  /** All that is left. */
  rest(): Uint8Array {
    return this.take(Math.max(0, this.#bytes.length - this.#offset));
  }
}
