import { viewOf } from './big-endian.ts';

/** Gives back the next bytes of a frame, one field after the other, as views. */
export class FieldReader {
  readonly #bytes: Uint8Array;
  #offset: number;

  /** @param offset where the first field begins */
  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  /** Where the next field begins. */
  get offset(): number {
    return this.#offset;
  }

  /** The next `count` bytes. The caller has checked that there are as many. */
  take(count: number): Uint8Array {
    const start = this.#offset;
    this.#offset += count;
    return viewOf(this.#bytes, start, this.#offset);
  }
}
