import { openSync, writeSync } from 'node:fs';
import { millisecondsSince } from '../time.mjs';

const TICK_MS = 10;
/** A tick that is later than this is told: it is more than timers are off by themselves. */
const NOTEWORTHY_MS = 30;

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

  /** @param {{ path: string, client: string, startNs: bigint }} options */
  constructor({ path, client, startNs }) {
    this.#file = openSync(path, 'a');
    this.#client = client;
    this.#startNs = startNs;
    this.#tickedMs = millisecondsSince(startNs);
    setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** @param {object} event of the judge's `HistoryEvent`, without `atMs` and `client` */
  write(event) {
    this.#append(this.#tick(), event);
  }

  /** The time, after what is to be told of it. It is read once: this process may stand still between any two lines. */
  #tick() {
    const atMs = millisecondsSince(this.#startNs);
    const lateMs = atMs - this.#tickedMs - TICK_MS;
    this.#tickedMs = atMs;
    if (lateMs > NOTEWORTHY_MS) this.#append(atMs, { kind: 'stood-still', ms: Math.round(lateMs) });
    return atMs;
  }

  #append(atMs, event) {
    writeSync(this.#file, `${JSON.stringify({ atMs, client: this.#client, ...event })}\n`);
  }
}
