import { describe, expect, it } from 'vitest';
import { judgeGrowth, mannKendall, theilSen, windowMinima } from '../../src/soak/growth.mjs';
import { scheduleOf } from '../../src/soak/schedule.mjs';

const MINUTE_MS = 60_000;
const MIB = 1_048_576;
const BUDGET = MIB;
const { sampleMs, totalMs, warmUpMs, windowMs } = scheduleOf(15);
const LIMITS = { fromMs: warmUpMs, windowMs, perMinute: BUDGET };

/** The same numbers in each run: 0 to 1 (Mulberry32). */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A heap of 20 MiB with so much noise on top of it, and `level(minutes)` more. */
function heap(level, { noise = 6 * MIB, seed = 1 } = {}) {
  const random = seeded(seed);
  const samples = [];
  for (let atMs = 0; atMs < totalMs; atMs += sampleMs) {
    samples.push({ atMs, value: 20 * MIB + level(atMs / MINUTE_MS) + random() * noise });
  }
  return samples;
}

const SEEDS = Array.from({ length: 200 }, (_, i) => i);
const passedOf = (level) =>
  SEEDS.filter((seed) => judgeGrowth(heap(level, { seed }), LIMITS).passed).length;

describe('judgeGrowth', () => {
  it('passes noise without growth, whatever the noise', () => {
    expect(passedOf(() => 0)).toBe(SEEDS.length);
  });

  it('fails a leak of twice the budget in noise of six times a minute of it', () => {
    expect(passedOf((minutes) => 2 * BUDGET * minutes)).toBe(0);
  });

  it('passes growth of half the budget, sure as it is', () => {
    const samples = heap((minutes) => 0.5 * BUDGET * minutes, { noise: 0.1 * MIB });
    const verdict = judgeGrowth(samples, LIMITS);
    expect(verdict.p).toBeLessThan(0.001);
    expect(verdict.passed).toBe(true);
  });

  it('passes a step while it warms up', () => {
    const step = (minutes) => (minutes > 1.5 ? 40 * MIB : 0);
    expect(passedOf(step)).toBe(SEEDS.length);
  });

  it('fails the same step when it comes again and again', () => {
    expect(passedOf((minutes) => Math.floor(minutes / 2) * 4 * MIB)).toBe(0);
  });

  it('passes what comes back down: a cache that is emptied when it is full', () => {
    expect(passedOf((minutes) => (minutes % 3) * 2 * MIB)).toBe(SEEDS.length);
  });

  it('passes a moment with much in it', () => {
    const busy = (minutes) => (minutes > 13 && minutes < 14 ? 200 * MIB : 0);
    expect(passedOf(busy)).toBe(SEEDS.length);
  });

  it('fails one file descriptor a minute, and passes one in all', () => {
    const files = (level) => heap(level, { noise: 0 });
    const limits = { ...LIMITS, perMinute: 0.5 };
    expect(judgeGrowth(files(Math.floor), limits).passed).toBe(false);
    expect(
      judgeGrowth(
        files((minutes) => (minutes > 8 ? 1 : 0)),
        limits,
      ).passed,
    ).toBe(true);
  });

  it('says from where to where the floor went', () => {
    const samples = heap((minutes) => MIB * minutes, { noise: 0 });
    const { first, last, perMinute, windows } = judgeGrowth(samples, LIMITS);
    expect(windows).toBe(36);
    expect(perMinute).toBeCloseTo(MIB);
    expect(first).toBe(23 * MIB);
    expect(last).toBeCloseTo(23 * MIB + (35 * MIB) / 3);
  });

  it('passes a process that had no time to show anything', () => {
    expect(judgeGrowth([], LIMITS)).toMatchObject({ p: 1, passed: true, perMinute: 0, windows: 0 });
  });
});

describe('windowMinima', () => {
  const at = (atMs, value) => ({ atMs, value });

  it('takes the least of each window, in its middle', () => {
    const samples = [at(0, 9), at(100, 5), at(105, 3), at(110, 8), at(119, 4)];
    expect(windowMinima(samples, 100, 10)).toEqual([at(105, 3), at(115, 4)]);
  });

  it('leaves out windows without a sample, and a last one that has only begun', () => {
    const samples = [at(0, 1), at(35, 2), at(41, 0)];
    expect(windowMinima(samples, 0, 10)).toEqual([at(5, 1), at(35, 2)]);
  });
});

describe('theilSen', () => {
  const points = (values) => values.map((value, i) => ({ atMs: i, value }));

  it('is the slope of a line, whatever one point in five does', () => {
    expect(theilSen(points([0, 2, 400, 6, 8, 10, -90, 14, 16, 18]))).toBe(2);
  });

  it('is between the two middle slopes when their number is even', () => {
    expect(theilSen(points([0, 1, 3, 3]))).toBeCloseTo((1 + 1) / 2);
  });
});

describe('mannKendall', () => {
  it('agrees with the exact distribution', () => {
    // Of all orders of ten values, those with at most so many pairs the wrong way round.
    const share = (wrong) => {
      let counts = [1];
      for (let n = 2; n <= 10; n++) {
        counts = Array.from({ length: counts.length + n - 1 }, (_, k) =>
          counts.slice(Math.max(0, k - n + 1), k + 1).reduce((sum, count) => sum + count, 0),
        );
      }
      const all = counts.reduce((sum, count) => sum + count, 0);
      return counts.slice(0, wrong + 1).reduce((sum, count) => sum + count, 0) / all;
    };
    const oneWrong = [1, 2, 3, 4, 5, 6, 7, 8, 10, 9];
    const elevenWrong = [6, 5, 2, 1, 3, 4, 7, 8, 10, 9];
    expect(mannKendall(oneWrong)).toBeCloseTo(share(1), 3);
    expect(mannKendall(elevenWrong)).toBeCloseTo(share(11), 2);
  });

  it('is 1 for values that are all the same, and near it for falling ones', () => {
    expect(mannKendall([4, 4, 4, 4, 4, 4, 4, 4])).toBe(1);
    expect(mannKendall([8, 7, 6, 5, 4, 3, 2, 1])).toBeGreaterThan(0.999);
  });
});
