import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { millisecondsSince } from '../time.mjs';

const CHUNK_BYTES = 1024 * 1024;

/** Reads what was appended to a file of JSON lines since the last time. */
class Tail {
  #file;
  #rest = Buffer.alloc(0);

  constructor(path) {
    // The process that writes it may not have made it yet.
    this.#file = openSync(path, 'a+');
  }

  read() {
    const lines = [];
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      const bytes = readSync(this.#file, chunk, 0, CHUNK_BYTES, null);
      if (bytes === 0) break;
      const text = Buffer.concat([this.#rest, chunk.subarray(0, bytes)]);
      const end = text.lastIndexOf(0x0a) + 1;
      this.#rest = Buffer.from(text.subarray(end));
      for (const line of text.toString('utf8', 0, end).split('\n')) {
        if (line !== '') lines.push(JSON.parse(line));
      }
    }
    return lines;
  }
}

/** Makes one history, in the order of time, of those of all applications and of what the harness adds. */
export class Collector {
  #startNs;
  #file;
  #heard;
  /** @type {Tail[]} */
  #tails = [];
  /** @type {{ atMs: number }[]} */
  #waiting = [];

  /**
   * @param {{ path: string, startNs: bigint, heard: (event: any) => void }} options `path` of the merged
   *   history; `heard` gets each event in order
   */
  constructor({ path, startNs, heard }) {
    this.#file = openSync(path, 'w');
    this.#startNs = startNs;
    this.#heard = heard;
  }

  get nowMs() {
    return millisecondsSince(this.#startNs);
  }

  /** Takes in the history of one more application. */
  follow(path) {
    this.#tails.push(new Tail(path));
  }

  /** Adds an event of the harness, now. */
  add(event) {
    this.#waiting.push({ atMs: this.nowMs, ...event });
  }

  /**
   * Hands on all events up to a moment.
   *
   * @param {number} untilMs by which whoever writes a history has written what happened until then
   */
  drain(untilMs) {
    for (const tail of this.#tails) for (const event of tail.read()) this.#waiting.push(event);
    this.#waiting.sort((a, b) => a.atMs - b.atMs);
    const end = this.#waiting.findIndex(({ atMs }) => atMs > untilMs);
    const due = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
    let text = '';
    for (const event of due) {
      text += `${JSON.stringify(event)}\n`;
      this.#heard(event);
    }
    writeSync(this.#file, text);
  }

  close() {
    closeSync(this.#file);
  }
}
