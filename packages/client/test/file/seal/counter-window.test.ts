import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CounterWindow } from '../../../src/file/seal/counter-window.ts';

const WINDOW = 16_384;

test('each counter counts once, in any order', () => {
  const window = new CounterWindow();
  expect([5, 0, 5, 4, 0, 6].map((counter) => window.take(counter))).toEqual([
    true,
    true,
    false,
    true,
    false,
    true,
  ]);
});

test('one that is too old to be known counts no more', () => {
  const window = new CounterWindow();
  expect(window.take(WINDOW)).toBe(true);
  expect(window.take(0)).toBe(false);
  expect(window.take(1)).toBe(true);
});

test('the largest counter there is leaves room for nothing new', () => {
  const window = new CounterWindow();
  expect(window.take(3)).toBe(true);
  expect(window.take(Number.MAX_SAFE_INTEGER)).toBe(true);
  expect(window.take(Number.MAX_SAFE_INTEGER)).toBe(false);
  expect(window.take(Number.MAX_SAFE_INTEGER - 1)).toBe(true);
  expect(window.take(4)).toBe(false);
});

test('it agrees with a set of all counters, but for old ones', () => {
  const counter = fc.oneof(fc.nat(50), fc.nat(3 * WINDOW), fc.nat(20 * WINDOW));
  fc.assert(
    fc.property(fc.array(counter, { maxLength: 200 }), (counters) => {
      const window = new CounterWindow();
      const seen = new Set<number>();
      let highest = -1;
      for (const each of counters) {
        const isOld = each <= highest - WINDOW;
        expect(window.take(each)).toBe(!isOld && !seen.has(each));
        seen.add(each);
        highest = Math.max(highest, each);
      }
    }),
    { seed: 20261126, numRuns: 300 },
  );
});
