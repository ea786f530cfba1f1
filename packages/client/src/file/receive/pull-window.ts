/** Chunks that are asked for at the same time at least, but while the way is measured. */
const MIN_CHUNKS = 2;
/** Bytes that are asked for at the same time at most. */
const MAX_BYTES = 8 * 1024 * 1024;
/** So many times longer than the way alone a reply may take: then there is always one that waits its turn. */
const DEPTH = 3;
/** Replies to one chunk at a time by which the way is measured. */
const MEASURED = 2;
/** Times below it are all the same: clocks and the turns of two processes are no finer. */
const MIN_MS = 1;
/** After so long the way is measured again, in ms: it may be another one. */
const MEASURE_EVERY_MS = 20_000;

/**
 * How many chunks a receiver asks for at the same time.
 *
 * At first it is one, which shows how long the way alone takes. Then as many as come, at the present
 * rate, in {@link DEPTH} times that long: enough to keep the way full, no more, as what is on the way
 * is what is sent twice after a crash. Halved when one is lost. Pure: times come in, in ms.
 */
export class PullWindow {
  readonly #max: number;
  #size = 1;
  #quickestMs = Number.POSITIVE_INFINITY;
  #measureAtMs = 0;
  /** Replies of this round, and how long they took together. */
  #replies = 0;
  #tookMs = 0;
  /** Replies until the way is known. */
  #toMeasure = MEASURED;
  /** As large as it was before the way was measured again. */
  #before = MIN_CHUNKS;

  constructor(options: { readonly chunkBytes: number }) {
    this.#max = Math.max(1, Math.floor(MAX_BYTES / options.chunkBytes));
  }

  /** Chunks that may be on the way. */
  get size(): number {
    return this.#size;
  }

  /** A reply has come. */
  replied(tookMs: number, nowMs: number): void {
    if (this.#toMeasure > 0) {
      this.#measured(tookMs, nowMs);
      return;
    }
    this.#quickestMs = Math.min(this.#quickestMs, tookMs);
    this.#replies++;
    this.#tookMs += tookMs;
    if (this.#replies < this.#size) return;
    if (nowMs >= this.#measureAtMs) {
      this.#measureAgain();
      return;
    }
    const averageMs = Math.max(this.#tookMs / this.#replies, MIN_MS);
    const quickestMs = Math.max(this.#quickestMs, MIN_MS);
    const wanted = Math.round((this.#size * DEPTH * quickestMs) / averageMs);
    this.#resize(Math.min(wanted, this.#size * 2));
  }

  /** One was lost. */
  lost(): void {
    if (this.#toMeasure === 0) this.#resize(Math.floor(this.#size / 2));
  }

  #measured(tookMs: number, nowMs: number): void {
    this.#quickestMs = Math.min(this.#quickestMs, tookMs);
    if (--this.#toMeasure > 0) return;
    this.#measureAtMs = nowMs + MEASURE_EVERY_MS;
    this.#resize(this.#before);
  }

  /** The first replies are still of those that were asked for together. */
  #measureAgain(): void {
    this.#toMeasure = this.#size + MEASURED;
    this.#before = this.#size;
    this.#quickestMs = Number.POSITIVE_INFINITY;
    this.#size = 1;
  }

  #resize(size: number): void {
    this.#size = Math.min(Math.max(size, MIN_CHUNKS), this.#max);
    this.#replies = 0;
    this.#tookMs = 0;
  }
}
