// When what happens in a run, all in proportion to its length.

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** Caches, compiled code and the heap's own size need their time: this part of a run is not judged. */
const WARM_UP_SHARE = 0.2;
/** Fewer windows tell too little. */
const MIN_WINDOWS = 10;
const MAX_WINDOW_MS = 20 * SECOND_MS;
/** A window has several samples, so that one of them finds the process at rest. */
const SAMPLES_PER_WINDOW = 4;
/** Lives of the node that is restarted. */
const LIVES = 4;
const MIN_LIFE_MS = 30 * SECOND_MS;
/** The trace of a node has room for 20 000 events: a life that is over before it is full tells nothing of leaks. */
const MIN_JUDGED_LIFE_MS = 2 * MINUTE_MS;
const WARM_UP_SHARE_OF_A_LIFE = 0.5;

/**
 * @typedef {object} Schedule
 * @property {number} totalMs
 * @property {number} warmUpMs
 * @property {number} windowMs
 * @property {number} sampleMs
 * @property {number} lifeMs  time between two restarts of the third node
 * @property {{ warmUpMs: number, windowMs: number, sampleMs: number } | undefined} life  undefined: too short
 *   to be judged
 * @property {number} reloadMs  time between two reloads
 */

/**
 * @param {number} minutes  at least 4
 * @returns {Schedule}
 */
export function scheduleOf(minutes) {
  const totalMs = minutes * MINUTE_MS;
  const lifeMs = Math.max(MIN_LIFE_MS, totalMs / LIVES);
  const life = lifeMs < MIN_JUDGED_LIFE_MS ? undefined : judged(lifeMs, WARM_UP_SHARE_OF_A_LIFE);
  return { totalMs, lifeMs, life, reloadMs: lifeMs * 0.7, ...judged(totalMs, WARM_UP_SHARE) };
}

function judged(totalMs, warmUpShare) {
  const warmUpMs = totalMs * warmUpShare;
  const windowMs = Math.min(MAX_WINDOW_MS, (totalMs - warmUpMs) / MIN_WINDOWS);
  return { warmUpMs, windowMs, sampleMs: windowMs / SAMPLES_PER_WINDOW };
}
