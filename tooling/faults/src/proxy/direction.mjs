// One direction of a connection through a lane: bytes wait in it until they are due.

const QUEUE_BYTES = 256 * 1024;
const END = Symbol('end');
const RESET = Symbol('reset');

/**
 * What a lane does to the bytes of one direction. `isStalled`: nothing passes, not even the end.
 *
 * @typedef {{ delayMs: number, jitterMs: number, bytesPerSecond: number, isStalled: boolean }} Conditions
 */

/** Carries bytes from one socket to another under conditions that may change at any time. */
export class Direction {
  #from;
  #to;
  #conditions;
  #random;
  #reset;
  /** @type {{ what: Buffer | symbol, dueMs: number }[]} */
  #queue = [];
  #queuedBytes = 0;
  #lastDueMs = 0;
  #timer;
  #isFull = false;
  #cutAfterBytes = Number.POSITIVE_INFINITY;
  #corruptNext = false;

  /**
   * @param {import('node:net').Socket} from
   * @param {import('node:net').Socket} to
   * @param {{ conditions: () => Conditions, random: import('../random.mjs').Random, reset: () => void }} options
   *   `reset` ends both sockets at once
   */
  constructor(from, to, { conditions, random, reset }) {
    this.#from = from;
    this.#to = to;
    this.#conditions = conditions;
    this.#random = random;
    this.#reset = reset;
    from.on('data', (chunk) => this.#take(chunk));
    from.on('end', () => this.#append(END));
    from.on('error', () => this.#append(RESET));
    to.on('drain', () => {
      this.#isFull = false;
      this.flush();
    });
  }

  /** Resets the connection after so many more bytes. */
  cutAfter(bytes) {
    this.#cutAfterBytes = bytes;
  }

  /** Changes a byte of what passes next. */
  corrupt() {
    this.#corruptNext = true;
  }

  /** Writes what is due; to be called when conditions have changed. */
  flush() {
    clearTimeout(this.#timer);
    while (this.#queue.length > 0 && !this.#isFull && !this.#conditions().isStalled) {
      const [{ what, dueMs }] = this.#queue;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.flush(), waitMs);
        return;
      }
      this.#queue.shift();
      if (!this.#forward(what)) return;
    }
  }

  /** Forgets what waits. */
  stop() {
    clearTimeout(this.#timer);
    this.#queue = [];
  }

  #take(chunk) {
    this.#queuedBytes += chunk.length;
    if (this.#queuedBytes > QUEUE_BYTES) this.#from.pause();
    this.#append(chunk);
  }

  #append(what) {
    const { bytesPerSecond, delayMs, jitterMs } = this.#conditions();
    const sendingMs =
      typeof what === 'symbol' || bytesPerSecond === 0 ? 0 : (what.length / bytesPerSecond) * 1_000;
    const delayedMs = performance.now() + delayMs + this.#random.next() * jitterMs;
    // Never before what came before it.
    this.#lastDueMs = Math.max(this.#lastDueMs, delayedMs) + sendingMs;
    this.#queue.push({ what, dueMs: sendingMs + delayMs + jitterMs === 0 ? 0 : this.#lastDueMs });
    this.flush();
  }

  /** False when the connection is over. */
  #forward(what) {
    if (what === RESET || (what !== END && this.#to.destroyed)) {
      this.#reset();
      return false;
    }
    if (what === END) {
      this.#to.end();
      return false;
    }
    this.#queuedBytes -= what.length;
    if (this.#queuedBytes <= QUEUE_BYTES) this.#from.resume();
    const bytes = what.subarray(0, this.#cutAfterBytes);
    if (this.#corruptNext) {
      this.#corruptNext = false;
      bytes[this.#random.between(0, bytes.length - 1)] ^= 1;
    }
    this.#isFull = !this.#to.write(bytes);
    this.#cutAfterBytes -= bytes.length;
    if (this.#cutAfterBytes > 0) return true;
    this.#reset();
    return false;
  }
}
