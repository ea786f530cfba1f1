/** Lets through so much news of each transfer that a reader keeps up. */
export class Pace {
  readonly #everyMs: number;
  readonly #now: () => number;
  readonly #last = new Map<string, { readonly atMs: number; readonly kind: string }>();

  /**
   * @param everyMs shortest time between two of one kind
   * @param now ms
   */
  constructor(everyMs: number, now: () => number = () => performance.now()) {
    this.#everyMs = everyMs;
    this.#now = now;
  }

  /** Whether news of a kind (a phase) are due; the first of a kind always are. */
  isDue(id: string, kind: string): boolean {
    const atMs = this.#now();
    const last = this.#last.get(id);
    if (last?.kind === kind && atMs - last.atMs < this.#everyMs) return false;
    this.#last.set(id, { atMs, kind });
    return true;
  }

  /** No more news of it. */
  end(id: string): void {
    this.#last.delete(id);
  }
}
