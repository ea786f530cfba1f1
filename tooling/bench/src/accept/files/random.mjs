// Random numbers that a printed seed gives again.

/**
 * Numbers in [0, 1): xorshift32 (Marsaglia, "Xorshift RNGs", 2003), enough for choosing moments.
 *
 * @param {number} seed  whole, not 0
 */
export function randomOf(seed) {
  let state = seed | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** The items in another order (Fisher and Yates). */
export function shuffled(items, random) {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
