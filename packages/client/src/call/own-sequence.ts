import { SEQ_BYTES } from '@amop/codec';
import type { Random } from '@amop/ports';

const PREFIX_BYTES = 20;
const NUMBER_DIGITS = SEQ_BYTES - PREFIX_BYTES;
const HALF_BITS = 24;
const HALF = 2 ** HALF_BITS;
const HEX = '0123456789abcdef';

/**
 * The sequences of one client: 20 random hex digits, the same for its whole life, and 12 hex digits
 * that count up from 1. Looks like the UUID of an original SDK (spec 2.1), is unique among clients,
 * and an answer is found by its number without making a text of it.
 */
export class OwnSequence {
  readonly #bytes = new Uint8Array(SEQ_BYTES);
  #last = 0;

  constructor(random: Random) {
    random.bytes(PREFIX_BYTES / 2).forEach((byte, index) => {
      this.#bytes[2 * index] = digit(byte >> 4);
      this.#bytes[2 * index + 1] = digit(byte & 15);
    });
  }

  /** The next number, from 1 on. At a million a second it lasts for nine years. */
  next(): number {
    return ++this.#last;
  }

  /** The 32 bytes of a number: one buffer, valid until the next call. */
  bytesOf(number: number): Uint8Array {
    writeHalf(this.#bytes, PREFIX_BYTES, Math.floor(number / HALF));
    writeHalf(this.#bytes, PREFIX_BYTES + NUMBER_DIGITS / 2, number % HALF);
    return this.#bytes;
  }

  /** The 32 characters of a number. */
  textOf(number: number): string {
    return String.fromCharCode(...this.bytesOf(number));
  }

  /** The number of 32 bytes that this object made; 0 for all others. */
  numberOf(seq: Uint8Array): number {
    for (let index = 0; index < PREFIX_BYTES; index++) {
      if (seq[index] !== this.#bytes[index]) return 0;
    }
    const high = readHalf(seq, PREFIX_BYTES);
    const low = readHalf(seq, PREFIX_BYTES + NUMBER_DIGITS / 2);
    return high < 0 || low < 0 ? 0 : high * HALF + low;
  }
}

function digit(value: number): number {
  return HEX.charCodeAt(value);
}

function writeHalf(target: Uint8Array, offset: number, value: number): void {
  for (let index = NUMBER_DIGITS / 2 - 1, rest = value; index >= 0; index--, rest >>>= 4) {
    target[offset + index] = digit(rest & 15);
  }
}

/** The six lower-case hex digits at `offset`; -1 if they are none. */
function readHalf(seq: Uint8Array, offset: number): number {
  let value = 0;
  for (let index = offset; index < offset + NUMBER_DIGITS / 2; index++) {
    const code = seq[index] ?? 0;
    if (code >= 0x30 && code <= 0x39) value = value * 16 + code - 0x30;
    else if (code >= 0x61 && code <= 0x66) value = value * 16 + code - 0x57;
    else return -1;
  }
  return value;
}
