// What went wrong, and which of it the restarts explain.

/** What a call may end with while the node that it goes to is away. */
const WHILE_AWAY = new Set([
  'AMOP_CLIENT_BANDWIDTH',
  'AMOP_CLIENT_DISCONNECTED',
  'AMOP_CLIENT_NO_ANSWER',
  'AMOP_CLIENT_NO_SUBSCRIBER',
  'AMOP_CLIENT_NOT_CONNECTED',
  'AMOP_CLIENT_TIMEOUT',
]);

/** @typedef {import('./load/tally.mjs').Fault & { process: string }} Fault */

export class Faults {
  /** @type {Fault[]} */
  #noted = [];
  #unnamed = 0;
  #done = new Map();
  #leftOut = new Map();
  /** @type {{ fromMs: number, toMs: number }[]} ms since 1970 */
  #away = [];

  /** Takes the report of a process. */
  take(process, { done, faults, leftOut, unnamed }) {
    this.#leftOut.set(process, leftOut);
    this.#done.set(process, done);
    this.#noted.push(...faults.map((fault) => ({ process, ...fault })));
    this.#unnamed += unnamed;
  }

  /** Something that went wrong in the run itself. */
  note(process, error) {
    const nowMs = Date.now();
    const code = error.code ?? error.name;
    const { message } = error;
    const place = { process, kind: 'run', nearRestart: false };
    this.#noted.push({ ...place, code, message, fromMs: nowMs, toMs: nowMs });
  }

  /** The node that is restarted is away from now on. */
  away() {
    this.#away.push({ fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY });
  }

  /** It is back, and all know it again. */
  back() {
    for (const away of this.#away) away.toMs = Math.min(away.toMs, Date.now());
  }

  /** How many calls of each kind ended as they had to. */
  done() {
    const sum = {};
    for (const kinds of this.#done.values()) {
      for (const [kind, count] of Object.entries(kinds)) sum[kind] = (sum[kind] ?? 0) + count;
    }
    return sum;
  }

  /** How many calls were not made, as too many were under way. */
  leftOut() {
    return [...this.#leftOut.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Everything that nothing explains. */
  unexplained() {
    return this.#noted.filter((fault) => !this.#isExplained(fault));
  }

  /** Faults that a process did not name, as there were too many. */
  get unnamed() {
    return this.#unnamed;
  }

  /** How many the restarts explain, by code. */
  explained() {
    const counts = {};
    for (const fault of this.#noted.filter((each) => this.#isExplained(each))) {
      counts[fault.code] = (counts[fault.code] ?? 0) + 1;
    }
    return counts;
  }

  #isExplained({ code, fromMs, nearRestart, toMs }) {
    if (!nearRestart || !WHILE_AWAY.has(code)) return false;
    return this.#away.some((away) => fromMs <= away.toMs && toMs >= away.fromMs);
  }
}
