import type { SubscriberSeal } from '../../bound/seal/subscriber-seal.ts';

/** Keys of one route; the one that was idle for longest goes first. */
const MAX_SEALS = 1024;

/** The keys that one proof has agreed on. */
export interface ProvenSeal {
  readonly seal: SubscriberSeal;
  /** Public key of the publisher, 128 hex digits. */
  readonly publisher: string;
  /** When they were last used, monotonic ms. */
  usedMs: number;
}

/** The keys of one route, one set for each proof: bounded in number, and each in time. */
export class SealTable {
  readonly #seals = new Map<string, ProvenSeal>();

  /** Keys that there are. */
  get size(): number {
    return this.#seals.size;
  }

  /** The keys with an ID; undefined when there are none, or their time is up. */
  get(keyId: string, nowMs: number): ProvenSeal | undefined {
    const proven = this.#seals.get(keyId);
    if (proven === undefined) return undefined;
    if (proven.seal.isExpired) {
      this.remove(keyId);
      return undefined;
    }
    proven.usedMs = nowMs;
    return proven;
  }

  /** Adds keys; those whose time is up go, and the most idle ones where there is no room. */
  add(proven: ProvenSeal): void {
    for (const [id, { seal }] of this.#seals) if (seal.isExpired) this.remove(id);
    if (this.#seals.size >= MAX_SEALS) this.#removeMostIdle();
    this.#seals.set(proven.seal.keyId, proven);
  }

  /** Takes keys out for good. */
  remove(keyId: string): void {
    this.#seals.get(keyId)?.seal.close();
    this.#seals.delete(keyId);
  }

  /** Takes everything out for good. */
  close(): void {
    for (const id of [...this.#seals.keys()]) this.remove(id);
  }

  #removeMostIdle(): void {
    let idle: readonly [string, ProvenSeal] | undefined;
    for (const each of this.#seals) {
      if (idle === undefined || each[1].usedMs < idle[1].usedMs) idle = each;
    }
    if (idle !== undefined) this.remove(idle[0]);
  }
}
