/** What lies further back says nothing about how fast it is now. */
const WINDOW_MS = 10_000;
/** Over a shorter time a few chunks more or less decide. */
const MIN_SPAN_MS = 500;

interface Reading {
  readonly atMs: number;
  readonly bytes: number;
}

/** How fast a number of bytes grows, over the last ten seconds. */
export class Speed {
  #readings: Reading[] = [];

  /** Takes a reading. Fewer bytes than before begin anew. */
  add(bytes: number, atMs: number): void {
    const last = this.#readings.at(-1);
    if (last !== undefined && bytes < last.bytes) this.#readings = [];
    this.#readings.push({ atMs, bytes });
    // One reading from before the window stays, so that the window is full.
    while ((this.#readings[1]?.atMs ?? atMs) < atMs - WINDOW_MS) this.#readings.shift();
  }

  /** Forgets what was read. */
  reset(): void {
    this.#readings = [];
  }

  /** Bytes per second; undefined while that cannot be told. */
  bytesPerSecond(): number | undefined {
    const [first] = this.#readings;
    const last = this.#readings.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const spanMs = last.atMs - first.atMs;
    if (spanMs < MIN_SPAN_MS) return undefined;
    return ((last.bytes - first.bytes) * 1000) / spanMs;
  }
}
