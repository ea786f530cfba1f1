import type { Random } from '@amop/ports';

/** Doublings after which any bound is reached; keeps the power finite. */
const MAX_DOUBLINGS = 30;

/**
 * Waits between attempts: exponential with full jitter, so that the clients of a node that comes
 * back do not come back all at once.
 */
export class Backoff {
  readonly #minDelayMs: number;
  readonly #maxDelayMs: number;
  readonly #random: Random;
  #attempt = 0;

  /** `minDelayMs` bounds the first wait, each further bound is twice the last, up to `maxDelayMs`. */
  constructor(
    options: { readonly minDelayMs: number; readonly maxDelayMs: number },
    dependencies: { readonly random: Random },
  ) {
    this.#minDelayMs = options.minDelayMs;
    this.#maxDelayMs = options.maxDelayMs;
    this.#random = dependencies.random;
  }

  /** Attempts since the last reset. */
  get attempt(): number {
    return this.#attempt;
  }

  /** The next wait in ms: uniform from 0 to the bound, which is `limitMs` at most. */
  next(limitMs: number = Number.POSITIVE_INFINITY): number {
    const doublings = Math.min(this.#attempt++, MAX_DOUBLINGS);
    const boundMs = this.#minDelayMs * 2 ** doublings;
    return this.#below(Math.min(boundMs, this.#maxDelayMs, limitMs));
  }

  /** A wait in ms for a fault that only a person can cure: uniform over the upper half of `boundMs`. */
  slow(boundMs: number): number {
    this.#attempt++;
    return boundMs / 2 + this.#below(boundMs / 2);
  }

  /** Begins anew: the connection was good. */
  reset(): void {
    this.#attempt = 0;
  }

  #below(boundMs: number): number {
    return this.#random.below(Math.floor(boundMs) + 1);
  }
}
