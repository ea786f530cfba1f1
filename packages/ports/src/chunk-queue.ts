/** Compacting below this many dead places is not worth it. */
const COMPACT_FROM = 1024;

/** First in, first out queue of byte chunks that knows how many bytes it holds. */
export class ChunkQueue {
  readonly #chunks: (Uint8Array | undefined)[] = [];
  #head = 0;
  #bytes = 0;

  /** Bytes of all chunks together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Number of chunks. */
  get length(): number {
    return this.#chunks.length - this.#head;
  }

  /** Adds a chunk at the end. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** Takes the oldest chunk. */
  shift(): Uint8Array | undefined {
    if (this.length === 0) return undefined;
    const chunk = this.#chunks[this.#head];
    this.#chunks[this.#head] = undefined;
    this.#head += 1;
    this.#bytes -= chunk?.length ?? 0;
    if (this.#head === this.#chunks.length) {
      this.#chunks.length = 0;
      this.#head = 0;
    } else if (this.#head >= COMPACT_FROM && this.#head * 2 >= this.#chunks.length) {
      this.#chunks.copyWithin(0, this.#head);
      this.#chunks.length -= this.#head;
      this.#head = 0;
    }
    return chunk;
  }
}
