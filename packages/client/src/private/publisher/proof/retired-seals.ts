import { IN_FLIGHT_MS } from '../../../bound/bound-time.ts';
import type { PublisherSeal } from '../../../bound/seal/publisher-seal.ts';
import type { RouteProof } from '../known-route.ts';

/** More than renewals make; answers under way at those that go earlier are not opened. */
const MAX_RETIRED = 4_096;

/**
 * Keys of proofs that were renewed or have ended: they open the answers that are under way, then they
 * are overwritten, when the subscriber has none of them any more either.
 */
export class RetiredSeals {
  readonly #seals = new Map<PublisherSeal, number>();

  /** How many there are. */
  get size(): number {
    return this.#seals.size;
  }

  /** The keys of a proof seal nothing more. */
  add({ expiresMs, seal }: RouteProof): void {
    if (seal === undefined) return;
    const [oldest] = this.#seals.keys();
    if (oldest !== undefined && this.#seals.size >= MAX_RETIRED) this.#close(oldest);
    this.#seals.set(seal, expiresMs + IN_FLIGHT_MS);
  }

  /** Overwrites those whose time is over. */
  sweep(nowMs: number): void {
    for (const [seal, endMs] of this.#seals) if (nowMs >= endMs) this.#close(seal);
  }

  #close(seal: PublisherSeal): void {
    seal.close();
    this.#seals.delete(seal);
  }
}
