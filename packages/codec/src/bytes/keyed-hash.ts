import { i32be } from './big-endian.ts';

/** 64 bits as two unsigned 32-bit integers: a hash, or the key of one. */
export interface Hash64 {
  readonly low: number;
  readonly high: number;
}

/**
 * HalfSipHash-2-4 with 64 bits of output over `bytes` from `start` to `end`: without the key nobody
 * can choose inputs that collide. It takes 32-bit additions only, which JavaScript does quickly.
 *
 * One loop holds the rounds once: the whole words, the last word with the length, and the two
 * finalisations are its steps, so that the state stays in local variables.
 *
 * @see halfsiphash.c of the reference code of SipHash (Aumasson, Bernstein), outlen 8
 */
export function keyedHash(bytes: Uint8Array, start: number, end: number, key: Hash64): Hash64 {
  let v0 = key.low | 0;
  let v1 = key.high ^ 0xee;
  let v2 = 0x6c796765 ^ key.low;
  let v3 = 0x74656462 ^ key.high;
  const lastWordOffset = end - ((end - start) & 3);
  let low = 0;
  for (let offset = start; offset <= lastWordOffset + 8; offset += 4) {
    let word = 0;
    let rounds = 2;
    if (offset < lastWordOffset) {
      word = swapBytes(i32be(bytes, offset));
    } else if (offset === lastWordOffset) {
      word = lastWord(bytes, offset, end, end - start);
    } else {
      rounds = 4;
      if (offset === lastWordOffset + 4) v2 ^= 0xee;
      else v1 ^= 0xdd;
    }
    v3 ^= word;
    for (let round = 0; round < rounds; round++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    v0 ^= word;
    if (offset === lastWordOffset + 4) low = v1 ^ v3;
  }
  return { low: low >>> 0, high: (v1 ^ v3) >>> 0 };
}

function swapBytes(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/** Up to three bytes, the first lowest, under the low byte of the whole length. */
function lastWord(bytes: Uint8Array, offset: number, end: number, length: number): number {
  let word = length << 24;
  for (let index = offset; index < end; index++) {
    word |= (bytes[index] ?? 0) << ((index - offset) * 8);
  }
  return word;
}
