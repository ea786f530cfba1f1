/** Proofs under way at once, over all topics of a client. */
const MAX_PROOFS = 64;

/** Lets so many proofs be under way at once; the others wait in the order they came. */
export class ProofSlots {
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  /** Resolves when it is this one's turn; `release` when it is done. */
  take(): Promise<void> {
    if (this.#taken < MAX_PROOFS) {
      this.#taken++;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Hands the slot to the next one. */
  release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken--;
    else next();
  }
}
