/**
 * Remembers texts that were seen: at least the last `maxEntries / 2`, at most `maxEntries`. Two
 * generations that rotate, constant time, no timer.
 */
export class RecentValues {
  readonly #maxGeneration: number;
  #current = new Set<string>();
  #previous: ReadonlySet<string> = new Set();

  constructor(options: { readonly maxEntries: number }) {
    this.#maxGeneration = Math.ceil(options.maxEntries / 2);
  }

  /** Whether `value` was seen before. */
  has(value: string): boolean {
    return this.#current.has(value) || this.#previous.has(value);
  }

  /** Remembers `value`. */
  add(value: string): void {
    if (this.#current.size >= this.#maxGeneration) {
      this.#previous = this.#current;
      this.#current = new Set();
    }
    this.#current.add(value);
  }
}
