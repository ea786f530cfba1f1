// What became of every call of a process: nothing is swallowed.

/** Faults of one report that are named; all are counted. */
const MAX_NAMED = 2_000;

/**
 * @typedef {object} Fault  something that its kind of load does not explain
 * @property {string} kind
 * @property {string} code  of the error, or a word where a call ended well that had to fail
 * @property {string} message
 * @property {number} fromMs  begin and end of the call, ms since 1970
 * @property {number} toMs
 * @property {boolean} nearRestart  it went to the node that is restarted
 */

/**
 * @typedef {object} Explained
 * @property {readonly string[]} [mustFail]  codes of which one has to come
 * @property {boolean} [nearRestart]  it goes to the node that is restarted
 */

export class Tally {
  #done = new Map();
  #faults = [];
  #unnamed = 0;
  #running = new Set();

  /**
   * Makes a call and counts how it ends. Never rejects.
   *
   * @param {string} kind
   * @param {() => Promise<unknown>} call
   * @param {Explained} [explained]
   */
  count(kind, call, explained = {}) {
    const running = this.#count(kind, call, explained).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  /** Something went wrong that is no call. */
  fault(kind, code, message, more = {}) {
    const nowMs = Date.now();
    this.#note({ kind, code, message, fromMs: nowMs, toMs: nowMs, nearRestart: false, ...more });
  }

  /** One more of a kind that can only succeed. */
  done(kind) {
    this.#done.set(kind, (this.#done.get(kind) ?? 0) + 1);
  }

  /** Resolves once every call has ended. */
  async settled() {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /**
   * How many calls of each kind ended as they had to, since the start; faults since the last report.
   *
   * @returns {{ done: Record<string, number>, faults: Fault[], unnamed: number }}
   */
  report() {
    const faults = this.#faults;
    const unnamed = this.#unnamed;
    this.#faults = [];
    this.#unnamed = 0;
    return { done: Object.fromEntries(this.#done), faults, unnamed };
  }

  async #count(kind, call, { mustFail, nearRestart = false }) {
    const fromMs = Date.now();
    const fault = (code, message) =>
      this.#note({ kind, code, message, fromMs, toMs: Date.now(), nearRestart });
    try {
      await call();
      if (mustFail === undefined) this.done(kind);
      else fault('ENDED_WELL', `had to fail with ${mustFail.join(' or ')}`);
    } catch (error) {
      if (mustFail?.includes(error.code)) this.done(kind);
      else fault(error.code ?? error.name, error.message);
    }
  }

  #note(fault) {
    if (this.#faults.length < MAX_NAMED) this.#faults.push(fault);
    else this.#unnamed++;
  }
}
