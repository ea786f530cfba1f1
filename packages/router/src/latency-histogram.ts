/** Upper bounds of the buckets of a {@link LatencyHistogram}, in ms; a last one without bound follows. */
export const LATENCY_BOUNDS_MS = [
  0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000,
] as const;

/** How long something took: counts by bucket, nothing allocated per observation. */
export class LatencyHistogram {
  /** Upper bounds of the buckets. */
  readonly boundsMs: readonly number[] = LATENCY_BOUNDS_MS;
  /** Observations of each bucket, not cumulative; the last one is above all bounds. */
  readonly counts: number[] = new Array<number>(LATENCY_BOUNDS_MS.length + 1).fill(0);
  /** Sum of all observations, in ms. */
  sumMs = 0;

  /** Adds one observation; below 0 counts as 0. */
  observe(ms: number): void {
    this.sumMs += Math.max(0, ms);
    let bucket = 0;
    for (const bound of LATENCY_BOUNDS_MS) {
      if (ms <= bound) break;
      bucket++;
    }
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
  }
}
