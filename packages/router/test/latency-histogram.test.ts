import { describe, expect, it } from 'vitest';
import { LATENCY_BOUNDS_MS, LatencyHistogram } from '../src/index.ts';

describe('a latency histogram', () => {
  it('counts a bound into its own bucket, what is above all bounds into the last', () => {
    const histogram = new LatencyHistogram();
    for (const ms of [0, 0.25, 0.3, 30_000, 30_001, 1e9]) histogram.observe(ms);
    expect(histogram.counts[0]).toBe(2);
    expect(histogram.counts[1]).toBe(1);
    expect(histogram.counts[LATENCY_BOUNDS_MS.length - 1]).toBe(1);
    expect(histogram.counts[LATENCY_BOUNDS_MS.length]).toBe(2);
  });

  it('takes a time below 0 for none', () => {
    const histogram = new LatencyHistogram();
    histogram.observe(-5);
    expect([histogram.sumMs, histogram.counts[0]]).toEqual([0, 1]);
  });
});
