/** Chunks that are asked for at the same time at the start, and at least while all is well. */
const MIN_CHUNKS = 4;
/** Bytes that are asked for at the same time at most. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Above so many times the quickest reply, and so many ms more, replies queue up on the way. */
const QUEUEING = { factor: 2, marginMs: 8 } as const;
const GROWING = { factor: 1.5, marginMs: 3 } as const;
/** After so long the quickest reply is looked for anew: the way may be another one. */
const FORGET_MS = 10_000;

/**
 * How many chunks a receiver asks for at the same time. It grows until replies take longer than the
 * way does, as then they only wait for each other, and halves when one is lost: what is on the way
 * is what is sent twice after a crash. Pure: times come in, in ms.
 */
export class PullWindow {
  readonly #max: number;
  #size: number = MIN_CHUNKS;
  #isStarting = true;
  #quickestMs = Number.POSITIVE_INFINITY;
  #quickestAtMs = 0;
  /** Replies since the size last changed. */
  #replies = 0;

  constructor(options: { readonly chunkBytes: number }) {
    this.#max = Math.max(MIN_CHUNKS, Math.floor(MAX_BYTES / options.chunkBytes));
  }

  /** Chunks that may be on the way. */
  get size(): number {
    return this.#size;
  }

  /** A reply has come. */
  replied(tookMs: number, nowMs: number): void {
    if (tookMs <= this.#quickestMs || nowMs - this.#quickestAtMs > FORGET_MS) {
      this.#quickestMs = tookMs;
      this.#quickestAtMs = nowMs;
    }
    this.#replies++;
    if (tookMs > this.#quickestMs * QUEUEING.factor + QUEUEING.marginMs) {
      this.#isStarting = false;
      if (this.#replies >= this.#size) this.#resize(this.#size - 1);
    } else if (tookMs <= this.#quickestMs * GROWING.factor + GROWING.marginMs) {
      if (this.#isStarting || this.#replies >= this.#size) this.#resize(this.#size + 1);
    }
  }

  /** One was lost. */
  lost(): void {
    this.#isStarting = false;
    this.#resize(Math.floor(this.#size / 2));
  }

  #resize(size: number): void {
    this.#size = Math.min(Math.max(size, MIN_CHUNKS), this.#max);
    this.#replies = 0;
  }
}
