import { SeededRandom } from '@amop/testkit';
import { describe, expect, test } from 'vitest';
import type { Random } from '../../src/index.ts';
import { systemRandom } from '../../src/system/index.ts';

const sources: [string, Random][] = [
  ['system', systemRandom],
  ['seeded', new SeededRandom(42)],
];

describe.each(sources)('%s', (_, random) => {
  test('bytes gives fresh plain arrays of the length asked for', () => {
    const first = random.bytes(40);
    expect(first.constructor).toBe(Uint8Array);
    expect(first).toHaveLength(40);
    expect(random.bytes(40)).not.toEqual(first);
    expect(random.bytes(0)).toHaveLength(0);
  });

  test('below is uniform, also where 2^32 is no multiple of the limit', () => {
    // 3 * 2^30: without rejection the first third would come up twice as often.
    const limit = 3 * 2 ** 30;
    const thirds = [0, 0, 0];
    for (let count = 0; count < 30_000; count += 1) {
      const third = Math.floor(random.below(limit) / 2 ** 30);
      thirds[third] = (thirds[third] ?? 0) + 1;
    }
    // Ten standard deviations of 82 around 10 000.
    for (const count of thirds) expect(Math.abs(count - 10_000)).toBeLessThan(820);
  });

  test('below reaches every number and no other', () => {
    const seen = new Set<number>();
    for (let count = 0; count < 2000; count += 1) seen.add(random.below(7));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(random.below(1)).toBe(0);
    expect(random.below(2 ** 32)).toBeLessThan(2 ** 32);
  });

  test.each([0, -1, 1.5, 2 ** 32 + 1, Number.NaN])('below refuses %s', (limit) => {
    expect(() => random.below(limit)).toThrow(RangeError);
  });
});

test('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: number) => [...new SeededRandom(seed).bytes(16)];
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
});
