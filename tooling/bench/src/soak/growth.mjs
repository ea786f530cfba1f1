// Does a figure of a process grow, and by how much? Pure: samples in, verdict out.

/** Chance of taking noise for growth in one row of the report. */
const SIGNIFICANCE = 0.01;
const MS_PER_MINUTE = 60_000;

/**
 * @typedef {object} Sample
 * @property {number} atMs  since the start of the run
 * @property {number} value
 */

/**
 * @typedef {object} Verdict
 * @property {number} perMinute  Theil-Sen slope
 * @property {number} p  chance that figures without a trend look as much like growth: Mann-Kendall, one-sided
 * @property {number} first  value of the first window after the warm-up
 * @property {number} last
 * @property {number} windows
 * @property {boolean} passed
 */

/**
 * Judges samples: fails when they grow for sure (p < 0.01) and by more than the budget.
 *
 * Both are asked for: with enough samples the smallest growth is sure, and a steep slope through noise
 * is none. What counts of a window is its least value: a leak lifts the floor, a busy moment does not.
 *
 * @param {readonly Sample[]} samples  in ascending order of time
 * @param {{ fromMs: number, windowMs: number, perMinute: number }} limits  `fromMs`: end of the warm-up
 * @returns {Verdict}
 */
export function judgeGrowth(samples, { fromMs, perMinute, windowMs }) {
  const floor = windowMinima(samples, fromMs, windowMs);
  const slope = theilSen(floor) * MS_PER_MINUTE;
  const p = mannKendall(floor.map(({ value }) => value));
  return {
    perMinute: slope,
    p,
    first: floor[0]?.value ?? Number.NaN,
    last: floor.at(-1)?.value ?? Number.NaN,
    windows: floor.length,
    passed: !(p < SIGNIFICANCE && slope > perMinute),
  };
}

/**
 * The least sample of each window; a last window that is not over counts only if it has half its time.
 *
 * @param {readonly Sample[]} samples
 * @param {number} fromMs  earlier samples are left out
 * @param {number} windowMs
 * @returns {Sample[]} with the middle of the window as time
 */
export function windowMinima(samples, fromMs, windowMs) {
  const least = new Map();
  let endMs = fromMs;
  for (const { atMs, value } of samples) {
    if (atMs < fromMs) continue;
    endMs = atMs;
    const index = Math.floor((atMs - fromMs) / windowMs);
    least.set(index, Math.min(least.get(index) ?? value, value));
  }
  const last = Math.floor((endMs - fromMs) / windowMs);
  if (endMs - fromMs - last * windowMs < windowMs / 2) least.delete(last);
  return [...least].map(([index, value]) => ({ atMs: fromMs + (index + 0.5) * windowMs, value }));
}

/**
 * The median of the slopes between all pairs of points: up to 29 % of them may be anything.
 *
 * @param {readonly Sample[]} points
 * @returns {number} per ms; 0 for less than two points
 * @see P. K. Sen, Estimates of the Regression Coefficient Based on Kendall's Tau, JASA 63 (1968)
 */
export function theilSen(points) {
  const slopes = [];
  points.forEach((later, i) => {
    for (const earlier of points.slice(0, i)) {
      slopes.push((later.value - earlier.value) / (later.atMs - earlier.atMs));
    }
  });
  if (slopes.length === 0) return 0;
  slopes.sort((a, b) => a - b);
  const middle = slopes.length >> 1;
  return slopes.length % 2 === 1 ? slopes[middle] : (slopes[middle - 1] + slopes[middle]) / 2;
}

/**
 * Mann-Kendall test for growth, with the correction for ties and for continuity; the normal approximation
 * is good from 8 values on.
 *
 * @param {readonly number[]} values  in order of time
 * @returns {number} one-sided p: small when later values are larger; 1 when all are equal
 * @see M. G. Kendall, Rank Correlation Methods, 4th ed., chapter 4
 */
export function mannKendall(values) {
  const n = values.length;
  let s = 0;
  values.forEach((later, i) => {
    for (const earlier of values.slice(0, i)) s += Math.sign(later - earlier);
  });
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const spread = (t) => t * (t - 1) * (2 * t + 5);
  const ties = [...counts.values()].reduce((sum, t) => sum + spread(t), 0);
  const variance = (spread(n) - ties) / 18;
  if (!(variance > 0)) return 1;
  return upperTail((s - Math.sign(s)) / Math.sqrt(variance));
}

/**
 * Chance of a normal deviate above z, to 1e-7.
 *
 * @see Abramowitz and Stegun, 26.2.17
 */
function upperTail(z) {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const factors = [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153];
  const sum = factors.reduce((total, factor) => (total + factor) * t, 0);
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
  return z >= 0 ? tail : 1 - tail;
}
