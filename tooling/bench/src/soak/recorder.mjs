// The figures of all processes over time.
import { BUDGETS } from './budgets.mjs';
import { judgeGrowth } from './growth.mjs';

/**
 * @typedef {object} Row
 * @property {string} process
 * @property {string} figure
 * @property {number} budget  per minute
 * @property {import('./growth.mjs').Verdict} verdict
 */

export class Recorder {
  /** @type {Map<string, { budgets: typeof BUDGETS, judged: object, figures: Map<string, import('./growth.mjs').Sample[]> }>} */
  #processes = new Map();

  /**
   * Begins a process, or another life of one.
   *
   * @param {string} name
   * @param {{ fromMs: number, warmUpMs: number, windowMs: number }} judged  `fromMs`: its start in the run
   * @param {typeof BUDGETS} [budgets]
   */
  begin(name, { fromMs, warmUpMs, windowMs }, budgets = BUDGETS) {
    const judged = { fromMs: fromMs + warmUpMs, windowMs };
    this.#processes.set(name, { budgets, judged, figures: new Map() });
  }

  /** @param {Record<string, number>} resources */
  add(name, atMs, resources) {
    const { figures } = this.#processes.get(name);
    for (const [figure, value] of Object.entries(resources)) {
      const series = figures.get(figure) ?? [];
      series.push({ atMs, value });
      figures.set(figure, series);
    }
  }

  /** The last value of a figure. */
  last(name, figure) {
    return this.#processes.get(name)?.figures.get(figure)?.at(-1)?.value;
  }

  /** @returns {Row[]} a verdict on each figure of each process that has a budget */
  rows() {
    return [...this.#processes].flatMap(([name, { budgets, figures, judged }]) =>
      Object.entries(budgets).map(([figure, { perMinute }]) => {
        const verdict = judgeGrowth(figures.get(figure) ?? [], { ...judged, perMinute });
        return { process: name, figure, budget: perMinute, verdict };
      }),
    );
  }

  /** All samples, for the JSON report: `[ms, value]` by process and figure. */
  samples() {
    const pairs = (series) => series.map(({ atMs, value }) => [Math.round(atMs), value]);
    return Object.fromEntries(
      [...this.#processes].map(([name, { figures }]) => [
        name,
        Object.fromEntries([...figures].map(([figure, series]) => [figure, pairs(series)])),
      ]),
    );
  }
}
