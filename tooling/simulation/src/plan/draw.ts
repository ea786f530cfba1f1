import type { SeededRandom } from '@amop/testkit/memory';

/** One of the items. */
export function pick<Item>(random: SeededRandom, items: readonly Item[]): Item {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** One or more of the items, in a drawn order. */
export function some<Item>(random: SeededRandom, items: readonly Item[]): Item[] {
  const order = shuffled(random, items.length);
  return order.slice(0, 1 + random.below(items.length)).flatMap((index) => items[index] ?? []);
}

/** The numbers from 0 to `count - 1` in a drawn order. */
export function shuffled(random: SeededRandom, count: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let left = count - 1; left > 0; left -= 1) {
    const other = random.below(left + 1);
    [order[left], order[other]] = [order[other] ?? 0, order[left] ?? 0];
  }
  return order;
}
