import type { Violation } from '../judge/violation.ts';

/** Seeds for a worker: `from`, `from + 1`, … */
export interface Batch {
  readonly from: number;
  readonly count: number;
}

/** A seed in which something must not have been. */
export interface SeedFailure {
  readonly seed: number;
  /** The first one. */
  readonly violation: Violation;
}

/** What came of a {@link Batch}. */
export interface BatchResult extends Batch {
  readonly events: number;
  readonly virtualMs: number;
  readonly failures: readonly SeedFailure[];
}
