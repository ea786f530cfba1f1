import { SeededRandom } from '@amop/testkit';
import { expect, test } from 'vitest';
import { Backoff } from '../../src/link/backoff.ts';

test('waits spread over the whole range below a bound that doubles up to the last', () => {
  const random = new SeededRandom(3);
  const bounds = [100, 200, 400, 800, 1_000, 1_000];
  const seen = bounds.map(() => ({ least: Number.POSITIVE_INFINITY, most: 0 }));
  for (let round = 0; round < 400; round++) {
    const backoff = new Backoff({ minDelayMs: 100, maxDelayMs: 1_000 }, { random });
    bounds.forEach((_, index) => {
      const delayMs = backoff.next();
      const range = seen[index];
      if (range === undefined) throw new Error('no range');
      range.least = Math.min(range.least, delayMs);
      range.most = Math.max(range.most, delayMs);
    });
  }
  seen.forEach(({ least, most }, index) => {
    const bound = bounds[index] ?? 0;
    expect(least).toBeLessThan(bound * 0.05);
    expect(most).toBeGreaterThan(bound * 0.95);
    expect(most).toBeLessThanOrEqual(bound);
  });
});

test('a reset begins anew, and a thousand attempts stay finite', () => {
  const backoff = new Backoff(
    { minDelayMs: 100, maxDelayMs: 5_000 },
    { random: new SeededRandom(3) },
  );
  for (let attempt = 0; attempt < 1_000; attempt++) {
    expect(backoff.next()).toBeLessThanOrEqual(5_000);
  }
  expect(backoff.attempt).toBe(1_000);
  backoff.reset();
  expect(backoff.attempt).toBe(0);
  expect(backoff.next()).toBeLessThanOrEqual(100);
});

test('a slow wait lies in the upper half of its bound', () => {
  const backoff = new Backoff({ minDelayMs: 1, maxDelayMs: 1 }, { random: new SeededRandom(3) });
  const delays = Array.from({ length: 200 }, () => backoff.slow(60_000));
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(30_000);
  expect(Math.max(...delays)).toBeLessThanOrEqual(60_000);
  expect(new Set(delays).size).toBeGreaterThan(150);
});
