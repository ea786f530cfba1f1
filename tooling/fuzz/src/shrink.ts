import { replaced } from './mutator.ts';

/** Tries for the shrinking of one input. */
const MAX_TRIES = 2_000;

/** A shorter input that fails as well: pieces are cut out, then bytes set to 0, as long as it still fails. */
export async function shrink(
  bytes: Uint8Array,
  fails: (bytes: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let best = bytes;
  let tries = 0;
  const attempt = async (candidate: Uint8Array): Promise<boolean> => {
    if (++tries > MAX_TRIES || !(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = best.length >> 1; size >= 1; size >>= 1) {
    for (let place = 0; place + size <= best.length; ) {
      if (!(await attempt(replaced(best, place, size, new Uint8Array())))) place += size;
    }
  }
  for (let place = 0; place < best.length; place++) {
    if (best[place] !== 0) await attempt(replaced(best, place, 1, Uint8Array.of(0)));
  }
  return best;
}
