import { randomFillSync } from 'node:crypto';
import type { Random } from '../random.ts';

const POOL_BYTES = 4096;
const TWO_TO_32 = 0x1_0000_0000;

/**
 * Random numbers of the operating system's generator. Numbers for `below` are drawn from a pool,
 * because a call per number costs more than the routing it is for.
 */
class SystemRandom implements Random {
  readonly #pool: Uint32Array = new Uint32Array(POOL_BYTES / 4);
  #used: number = POOL_BYTES / 4;

  bytes(count: number): Uint8Array {
    return randomFillSync(new Uint8Array(count));
  }

  below(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > TWO_TO_32) {
      throw new RangeError(`limit must be an integer from 1 to 2^32, not ${limit}`);
    }
    const usable = TWO_TO_32 - (TWO_TO_32 % limit);
    for (;;) {
      const drawn = this.#draw();
      if (drawn < usable) return drawn % limit;
    }
  }

  #draw(): number {
    if (this.#used === this.#pool.length) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    const drawn = this.#pool[this.#used] ?? 0;
    this.#pool[this.#used] = 0;
    this.#used += 1;
    return drawn;
  }
}

/** Random numbers fit for keys, challenges and sequence numbers. */
export const systemRandom: Random = new SystemRandom();
