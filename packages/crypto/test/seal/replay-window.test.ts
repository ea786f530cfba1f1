import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REPLAY_WINDOW, ReplayWindow } from '../../src/index.ts';

test('a counter is fresh until it is marked', () => {
  const window = new ReplayWindow();
  expect(window.check(0)).toBe('fresh');
  expect(window.check(0)).toBe('fresh');
  window.mark(0);
  expect(window.check(0)).toBe('repeated');
});

test('1024 counters are told apart, older ones are late', () => {
  const window = new ReplayWindow();
  window.mark(REPLAY_WINDOW);
  expect(window.check(1)).toBe('fresh');
  expect(window.check(0)).toBe('late');
  window.mark(1);
  expect(window.check(1)).toBe('repeated');
});

test('a leap forgets nothing that it must know', () => {
  const window = new ReplayWindow();
  for (const counter of [5, 2000, Number.MAX_SAFE_INTEGER]) window.mark(counter);
  expect(window.check(Number.MAX_SAFE_INTEGER)).toBe('repeated');
  expect(window.check(Number.MAX_SAFE_INTEGER - 1)).toBe('fresh');
  expect(window.check(2000)).toBe('late');
});

test('any counters in any order: as a set would say it', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 400 });
  fc.assert(
    fc.property(steps, (counters) => {
      const window = new ReplayWindow();
      const seen = new Set<number>();
      let highest = -1;
      for (const counter of counters) {
        const isLate = counter <= highest - REPLAY_WINDOW;
        const expected = isLate ? 'late' : seen.has(counter) ? 'repeated' : 'fresh';
        expect(window.check(counter)).toBe(expected);
        if (expected !== 'fresh') continue;
        window.mark(counter);
        seen.add(counter);
        highest = Math.max(highest, counter);
      }
    }),
    { seed: 20261126, numRuns: 200 },
  );
});

test('steps that stay near each other: as a set would say it', () => {
  const steps = fc.array(fc.integer({ min: -40, max: 60 }), { minLength: 200, maxLength: 600 });
  fc.assert(
    fc.property(steps, (moves) => {
      const window = new ReplayWindow();
      const seen = new Set<number>();
      let counter = 1000;
      for (const move of moves) {
        counter = Math.max(0, counter + move);
        // 600 moves of 40 back at most: what is behind by more than the window is seldom, and late.
        const verdict = window.check(counter);
        if (verdict === 'late') continue;
        expect(verdict).toBe(seen.has(counter) ? 'repeated' : 'fresh');
        if (verdict === 'fresh') window.mark(counter);
        seen.add(counter);
      }
    }),
    { seed: 20261126, numRuns: 50 },
  );
});
