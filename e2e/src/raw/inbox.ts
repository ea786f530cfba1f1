/** How long the raw tools wait for something before a test fails, in ms. */
export const DEADLINE_MS = 10_000;

interface Waiter<T> {
  readonly wanted: (item: T) => boolean;
  readonly resolve: (item: T) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** What came in, in order: each item is taken once by whoever waits for it. */
export class Inbox<T> {
  #items: T[] = [];
  #waiters: Waiter<T>[] = [];
  #ended: Error | undefined;

  /** Items that nobody has taken yet. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** Hands the item to the first waiter that wants it, or keeps it. */
  add(item: T): void {
    const index = this.#waiters.findIndex((waiter) => waiter.wanted(item));
    const [waiter] = index < 0 ? [] : this.#waiters.splice(index, 1);
    if (!waiter) {
      this.#items.push(item);
      return;
    }
    clearTimeout(waiter.timer);
    waiter.resolve(item);
  }

  /**
   * Takes the first item that `wanted` accepts, now or when it comes.
   *
   * @param what names the awaited thing in the error
   * @throws Error after `deadlineMs`, or when the source has ended
   */
  take(wanted: (item: T) => boolean, what: string, deadlineMs: number = DEADLINE_MS): Promise<T> {
    const index = this.#items.findIndex(wanted);
    const [item] = index < 0 ? [] : this.#items.splice(index, 1);
    if (item !== undefined) return Promise.resolve(item);
    if (this.#ended) return Promise.reject(new Error(`${what}: ${this.#ended.message}`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((waiter) => waiter.timer !== timer);
        reject(new Error(`${what}: nothing came within ${deadlineMs} ms`));
      }, deadlineMs);
      this.#waiters.push({
        wanted,
        resolve,
        reject: (error) => reject(new Error(`${what}: ${error.message}`)),
        timer,
      });
    });
  }

  /** Ends the source: who still waits, and who waits later in vain, gets the error. */
  end(error: Error): void {
    this.#ended = error;
    for (const waiter of this.#waiters.splice(0)) {
      clearTimeout(waiter.timer);
      waiter.reject(error);
    }
  }
}
