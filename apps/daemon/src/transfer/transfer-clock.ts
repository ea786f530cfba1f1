/** How long a transfer took, and how fast it was. */
export interface TransferFigures {
  readonly elapsedMs: number;
  /** Over all of it; undefined where nothing went over the line. */
  readonly bytesPerSecond: number | undefined;
}

/** Measures a transfer from its first bytes to its last. What was there before it began does not count. */
export class TransferClock {
  readonly #now: () => number;
  readonly #createdMs: number;
  #first: { readonly atMs: number; readonly bytes: number } | undefined;
  #bytes = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#createdMs = now();
  }

  /** So many bytes are there by now; the first time it is told, the transfer begins. */
  reached(bytes: number): void {
    this.#first ??= { atMs: this.#now(), bytes };
    this.#bytes = bytes;
  }

  /** The figures up to this moment. */
  figures(): TransferFigures {
    const first = this.#first ?? { atMs: this.#createdMs, bytes: 0 };
    const elapsedMs = this.#now() - first.atMs;
    const bytes = this.#bytes - first.bytes;
    const isTold = bytes > 0 && elapsedMs > 0;
    return { elapsedMs, bytesPerSecond: isTold ? (bytes * 1000) / elapsedMs : undefined };
  }
}
