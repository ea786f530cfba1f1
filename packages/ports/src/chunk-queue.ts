/** Compacting below this many dead places is not worth it. */
const COMPACT_FROM = 1024;
const NO_CUTS: readonly number[] = [];

/**
 * First in, first out queue of byte chunks that knows how many bytes it holds.
 *
 * A chunk may be given with cuts and comes back in pieces. A cut costs 8 bytes until then, where a view
 * for each piece would cost 110: as much as a small frame itself.
 */
export class ChunkQueue {
  readonly #chunks: (Uint8Array | undefined)[] = [];
  readonly #cuts: (readonly number[] | undefined)[] = [];
  #head = 0;
  #bytes = 0;
  /** What of the oldest chunk was taken already: bytes, and cuts. */
  #offset = 0;
  #cutsTaken = 0;

  /** Bytes of all chunks together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Number of chunks of which something is left. */
  get length(): number {
    return this.#chunks.length - this.#head;
  }

  /**
   * Adds a chunk that is not empty at the end.
   *
   * @param cuts ascending offsets inside the chunk: no piece reaches across one of them
   */
  push(chunk: Uint8Array, cuts: readonly number[] = NO_CUTS): void {
    this.#chunks.push(chunk);
    this.#cuts.push(cuts);
    this.#bytes += chunk.length;
  }

  /** Takes the oldest chunk, or its next piece: up to the next cut, `maxBytes` at most. */
  shift(maxBytes: number = Number.POSITIVE_INFINITY): Uint8Array | undefined {
    const chunk = this.#chunks[this.#head];
    if (chunk === undefined) return undefined;
    const cut = this.#cuts[this.#head]?.[this.#cutsTaken] ?? chunk.length;
    const end = Math.min(cut, this.#offset + maxBytes);
    const isWhole = this.#offset === 0 && end === chunk.length;
    const piece = isWhole ? chunk : chunk.subarray(this.#offset, end);
    this.#bytes -= piece.length;
    this.#offset = end;
    if (end === cut) this.#cutsTaken += 1;
    if (end === chunk.length) this.#drop();
    return piece;
  }

  /** Forgets the oldest chunk, all of which was taken. */
  #drop(): void {
    this.#offset = 0;
    this.#cutsTaken = 0;
    this.#chunks[this.#head] = undefined;
    this.#cuts[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#chunks.length) {
      this.#chunks.length = 0;
      this.#cuts.length = 0;
      this.#head = 0;
    } else if (this.#head >= COMPACT_FROM && this.#head * 2 >= this.#chunks.length) {
      for (const list of [this.#chunks, this.#cuts]) {
        list.copyWithin(0, this.#head);
        list.length -= this.#head;
      }
      this.#head = 0;
    }
  }
}
