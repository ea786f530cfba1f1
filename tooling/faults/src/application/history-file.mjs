import { openSync, writeSync } from 'node:fs';
import { millisecondsSince } from '../time.mjs';

const TICK_MS = 10;
/** Timers that are later than this are told: it is more than they are off by themselves. */
const NOTEWORTHY_MS = 15;

/**
 * The history of one application, a JSON line an event, in the order of its time.
 *
 * An event is in the file when `write` returns: a kill takes none away. Before what happens after a time
 * in which this process did not run, `stood-still` is written, since then timers are late without a fault of
 * the client.
 */
export class HistoryFile {
  #file;
  #client;
  #startNs;
  #tickedMs;
  /** Standstill since the last tick that is told already. */
  #toldMs = 0;

  /** @param {{ path: string, client: string, startNs: bigint }} options */
  constructor({ path, client, startNs }) {
    this.#file = openSync(path, 'a');
    this.#client = client;
    this.#startNs = startNs;
    this.#tickedMs = millisecondsSince(startNs);
    setInterval(() => {
      this.#tickedMs = this.#look();
      this.#toldMs = 0;
    }, TICK_MS).unref();
  }

  /** @param {object} event of the judge's `HistoryEvent`, without `atMs` and `client` */
  write(event) {
    this.#append(this.#look(), event);
  }

  /**
   * The time, after what is to be told of it: how long timers have got no turn. It is read once, as this process may stand
   * still between any two lines.
   */
  #look() {
    const atMs = millisecondsSince(this.#startNs);
    const lateMs = Math.round(atMs - this.#tickedMs - TICK_MS - this.#toldMs);
    if (lateMs > NOTEWORTHY_MS) {
      this.#toldMs += lateMs;
      this.#append(atMs, { kind: 'stood-still', ms: lateMs });
    }
    return atMs;
  }

  #append(atMs, event) {
    writeSync(this.#file, `${JSON.stringify({ atMs, client: this.#client, ...event })}\n`);
  }
}
