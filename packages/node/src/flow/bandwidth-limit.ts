const SECOND_MS = 1_000;

/**
 * Limit on the bytes that this node sends to other nodes, as a token bucket: real bytes of every AMOP
 * frame draw from it, and up to one second's worth may be saved.
 *
 * What goes out is never held back, it goes into debt: a frame larger than the bucket passes when the
 * bucket is not empty, and new messages of applications are refused until the debt is paid (D-25).
 */
export class BandwidthLimit {
  readonly #bytesPerS: number;
  #savedBytes: number;
  #refilledMs: number;

  /** @param bytesPerS above 0 */
  constructor(bytesPerS: number, nowMs: number) {
    this.#bytesPerS = bytesPerS;
    this.#savedBytes = bytesPerS;
    this.#refilledMs = nowMs;
  }

  /** Takes what was sent out of the bucket. */
  spend(bytes: number): void {
    this.#savedBytes -= bytes;
  }

  /** Whether nothing is left, so that a new message has to be refused. */
  isUsedUp(nowMs: number): boolean {
    const refill = ((nowMs - this.#refilledMs) * this.#bytesPerS) / SECOND_MS;
    this.#savedBytes = Math.min(this.#bytesPerS, this.#savedBytes + refill);
    this.#refilledMs = nowMs;
    return this.#savedBytes <= 0;
  }
}
