/** Counted for each message beside its body: the objects around it. */
const MESSAGE_OVERHEAD_BYTES = 256;

/** What an {@link IntakeBudget} does when it is full and when there is room again. */
export interface IntakeActions {
  readonly onFull: (usedBytes: number) => void;
  readonly onFree: (usedBytes: number) => void;
}

/**
 * Bytes of messages that the application has not taken: in the queues of iterators and in handlers
 * that run. Full at the mark, until half of it is left; nothing is ever dropped.
 */
export class IntakeBudget {
  readonly #maxBytes: number;
  readonly #actions: IntakeActions;
  #usedBytes = 0;
  #full = false;

  constructor(options: { readonly maxBytes: number }, actions: IntakeActions) {
    this.#maxBytes = options.maxBytes;
    this.#actions = actions;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** From the mark on until half of it. */
  get full(): boolean {
    return this.#full;
  }

  /** A message with a body of so many bytes waits. */
  take(bodyBytes: number): void {
    this.#usedBytes += bodyBytes + MESSAGE_OVERHEAD_BYTES;
    if (this.#full || this.#usedBytes < this.#maxBytes) return;
    this.#full = true;
    this.#actions.onFull(this.#usedBytes);
  }

  /** It does no longer. */
  release(bodyBytes: number): void {
    this.#usedBytes -= bodyBytes + MESSAGE_OVERHEAD_BYTES;
    if (!this.#full || this.#usedBytes > this.#maxBytes / 2) return;
    this.#full = false;
    this.#actions.onFree(this.#usedBytes);
  }
}
