/** Longer than any offer can be valid: its lifetime and the skew of the clocks both ways. */
const KEEP_MS = 30 * 60_000;

/** As many as can be answered in that time; more are not taken rather than forgotten. */
const MAX_NONCES = 18_000;

/** Remembers which offers were answered. */
export class NonceMemory {
  /** Nonce and when it came, monotonic; oldest first. */
  readonly #seen = new Map<string, number>();

  /** Whether the nonce was remembered before. */
  has(nonce: Uint8Array): boolean {
    return this.#seen.has(keyOf(nonce));
  }

  /** Remembers a nonce; false if there is no room for it. */
  remember(nonce: Uint8Array, nowMs: number): boolean {
    for (const [key, atMs] of this.#seen) {
      if (nowMs - atMs < KEEP_MS) break;
      this.#seen.delete(key);
    }
    if (this.#seen.size >= MAX_NONCES) return false;
    this.#seen.set(keyOf(nonce), nowMs);
    return true;
  }
}

/** One character for each byte. */
function keyOf(nonce: Uint8Array): string {
  return String.fromCharCode(...nonce);
}
