// Things done at a steady pace, slower only where the machine does not keep up.

const TICK_MS = 20;
/** Calls of so much time may be under way; more would measure how busy the machine is. */
const MAX_UNDER_WAY_S = 0.5;
const MIN_UNDER_WAY = 4;

/** All paces of a process end together. */
export class Pace {
  #timers = new Set();
  #ending = new AbortController();
  #rounds = [];
  #leftOut = 0;

  /** Aborted when the load is to end: what waits need not wait on. */
  get ending() {
    return this.#ending.signal;
  }

  /**
   * Calls `act` so many times a second, with the number of the call.
   *
   * @param {number} perSecond
   * @param {(number: number) => Promise<unknown>} act  never rejects
   */
  every(perSecond, act) {
    const limit = Math.max(MIN_UNDER_WAY, perSecond * MAX_UNDER_WAY_S);
    const fromMs = performance.now();
    let underWay = 0;
    let beats = 0;
    let calls = 0;
    const tick = () => {
      const due = ((performance.now() - fromMs) / 1_000) * perSecond;
      for (; beats < due; beats++) {
        if (underWay >= limit) {
          this.#leftOut++;
          continue;
        }
        underWay++;
        void act(calls++).finally(() => underWay--);
      }
    };
    this.#timers.add(setInterval(tick, TICK_MS));
  }

  /** Calls that were not made, as too many were under way. */
  get leftOut() {
    return this.#leftOut;
  }

  /** Runs `act` again and again, one after the other; it looks at `ending` where it waits. */
  round(act) {
    const run = async () => {
      for (let i = 0; !this.ending.aborted; i++) await act(i);
    };
    this.#rounds.push(run());
  }

  /** Lets time go by; less of it when the load is to end. */
  pass(ms) {
    if (this.ending.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.ending.removeEventListener('abort', go);
        resolve();
      };
      const timer = setTimeout(go, ms);
      this.ending.addEventListener('abort', go);
    });
  }

  /** Nothing new begins; resolves when the rounds are over. */
  async end() {
    for (const timer of this.#timers) clearInterval(timer);
    this.#ending.abort();
    await Promise.all(this.#rounds);
  }
}
