import type { Prng } from './prng.ts';

const INTERESTING: readonly number[] = [0, 1, 9, 0x22, 0x2c, 0x5b, 0x7b, 0x7f, 0x80, 0xff];

/** Makes new inputs out of old ones. */
export class Mutator {
  readonly #prng: Prng;
  readonly #words: readonly Uint8Array[];
  readonly #maxBytes: number;

  constructor(prng: Prng, words: readonly (string | Uint8Array)[], maxBytes: number) {
    const encoder = new TextEncoder();
    this.#prng = prng;
    this.#words = words.map((word) => (typeof word === 'string' ? encoder.encode(word) : word));
    this.#maxBytes = maxBytes;
  }

  /** An input near one of the pool, now and then a quite new one. */
  next(pool: readonly Uint8Array[]): Uint8Array {
    const prng = this.#prng;
    if (pool.length === 0 || prng.below(20) === 0) return this.#random(prng.below(80));
    // Half of the time one of the newest: what is new there has been looked at least.
    const newest = Math.min(pool.length, 16);
    const place =
      prng.below(2) === 0 ? pool.length - 1 - prng.below(newest) : prng.below(pool.length);
    let bytes = pool[place] ?? new Uint8Array();
    // One change leaves most of a checked structure whole, several get away from what is there.
    const changes = prng.below(2) === 0 ? 1 : 1 + prng.below(5);
    for (let count = changes; count > 0; count--) bytes = this.#change(bytes, pool);
    return bytes.length > this.#maxBytes ? bytes.subarray(0, this.#maxBytes) : bytes;
  }

  #change(bytes: Uint8Array, pool: readonly Uint8Array[]): Uint8Array {
    const prng = this.#prng;
    const place = prng.below(bytes.length + 1);
    const length = prng.below(Math.min(bytes.length - place, 16) + 1);
    switch (prng.below(10)) {
      case 0:
      case 8:
        return replaced(bytes, place, 1, Uint8Array.of(prng.below(256)));
      case 1:
      case 9:
        return replaced(bytes, place, 1, Uint8Array.of((bytes[place] ?? 0) ^ (1 << prng.below(8))));
      case 2:
        return replaced(bytes, place, 1, Uint8Array.of(prng.of(INTERESTING) ?? 0));
      case 3:
        return replaced(bytes, place, length, new Uint8Array());
      case 4:
        return replaced(bytes, place, 0, this.#random(1 + prng.below(6)));
      case 5:
        return replaced(
          bytes,
          place,
          prng.below(2) * length,
          prng.of(this.#words) ?? this.#random(4),
        );
      case 6: {
        const from = prng.below(bytes.length + 1);
        return replaced(bytes, place, 0, bytes.subarray(from, from + 1 + prng.below(64)));
      }
      default: {
        const other = prng.of(pool) ?? bytes;
        const from = prng.below(other.length + 1);
        return replaced(bytes, place, bytes.length, other.subarray(from));
      }
    }
  }

  #random(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#prng.below(256));
  }
}

/** `bytes` with `count` of them from `place` on taken out and `insert` put there. */
export function replaced(
  bytes: Uint8Array,
  place: number,
  count: number,
  insert: Uint8Array,
): Uint8Array {
  const end = Math.min(bytes.length, place + count);
  const result = new Uint8Array(bytes.length - (end - place) + insert.length);
  result.set(bytes.subarray(0, place));
  result.set(insert, place);
  result.set(bytes.subarray(end), place + insert.length);
  return result;
}
