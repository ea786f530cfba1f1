import { viewOf, writeU32be } from './big-endian.ts';

/** Bytes of the length field that starts every frame. */
export const LENGTH_BYTES = 4;

/** From this size on a part is kept as a view on its chunk, below it is gathered in a block. */
const VIEW_BYTES = 1024;

/** A kept view may hold at most this many times its own size in memory. */
const MAX_PINNED_RATIO = 4;

const MAX_BLOCK_BYTES = 16_384;

/**
 * The bytes of one frame that has not arrived completely: its length field, then parts in order.
 *
 * Memory stays within a small multiple of what has arrived, whatever length is declared and however
 * small the chunks are; each byte is copied at most twice (once into a block, once by `join`).
 */
export class PartialFrame {
  readonly #onSpent: ((part: Uint8Array) => void) | undefined;
  #lengthField = 0;
  #bytes = 0;
  #parts: Uint8Array[] = [];
  #block: Uint8Array | undefined;
  #blockUsed = 0;

  /** @param onSpent takes each part, once it was joined, whose bytes are all there is in its memory */
  constructor(onSpent?: (part: Uint8Array) => void) {
    this.#onSpent = onSpent;
  }

  /** Bytes held, length field included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Declared total length; 0 while fewer than four bytes are in. */
  get declaredBytes(): number {
    return this.#bytes < LENGTH_BYTES ? 0 : this.#lengthField;
  }

  /** Takes what is missing of the length field from `chunk`; gives the offset behind it. */
  takeLength(chunk: Uint8Array, start: number): number {
    let offset = start;
    while (this.#bytes < LENGTH_BYTES && offset < chunk.length) {
      this.#lengthField = ((this.#lengthField << 8) | (chunk[offset] ?? 0)) >>> 0;
      this.#bytes += 1;
      offset += 1;
    }
    return offset;
  }

  /** Holds the rest of `chunk` from `start` on, which does not complete the frame. */
  append(chunk: Uint8Array, start: number): void {
    const count = chunk.length - start;
    if (count === 0) return;
    if (count < VIEW_BYTES) {
      this.#gather(chunk, start);
    } else {
      this.#closeBlock();
      const part = viewOf(chunk, start, chunk.length);
      const isPinningTooMuch = chunk.buffer.byteLength > count * MAX_PINNED_RATIO;
      this.#parts.push(isPinningTooMuch ? part.slice() : part);
    }
    this.#bytes += count;
  }

  /** The whole frame in fresh memory, its last bytes being `chunk` from `start` to `end`. */
  join(chunk: Uint8Array, start: number, end: number): Uint8Array {
    this.#closeBlock();
    const frame = new Uint8Array(this.#lengthField);
    writeU32be(frame, 0, this.#lengthField);
    let offset = LENGTH_BYTES;
    for (const part of this.#parts) {
      frame.set(part, offset);
      offset += part.length;
      if (part.length === part.buffer.byteLength) this.#onSpent?.(part);
    }
    frame.set(viewOf(chunk, start, end), offset);
    this.clear();
    return frame;
  }

  /** Forgets everything. */
  clear(): void {
    this.#lengthField = 0;
    this.#bytes = 0;
    if (this.#parts.length > 0) this.#parts = [];
    this.#block = undefined;
    this.#blockUsed = 0;
  }

  #gather(chunk: Uint8Array, start: number): void {
    let offset = start;
    while (offset < chunk.length) {
      const block = this.#block ?? this.#openBlock();
      const end = Math.min(chunk.length, offset + block.length - this.#blockUsed);
      block.set(viewOf(chunk, offset, end), this.#blockUsed);
      this.#blockUsed += end - offset;
      offset = end;
      if (this.#blockUsed === block.length) this.#closeBlock();
    }
  }

  /** A block as large as what has arrived so far, so that five bytes never reserve 16 KiB. */
  #openBlock(): Uint8Array {
    const missing = this.#lengthField - this.#bytes;
    const size = Math.min(missing, Math.max(VIEW_BYTES, Math.min(this.#bytes, MAX_BLOCK_BYTES)));
    const block = new Uint8Array(size);
    this.#block = block;
    return block;
  }

  #closeBlock(): void {
    if (this.#block === undefined) return;
    this.#parts.push(viewOf(this.#block, 0, this.#blockUsed));
    this.#block = undefined;
    this.#blockUsed = 0;
  }
}
