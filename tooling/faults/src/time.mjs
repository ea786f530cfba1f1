// CLOCK_MONOTONIC: one clock for all processes of a machine, and it does not stop with a stopped process.

/** Nanoseconds on the common clock, to be handed to {@link millisecondsSince} in any process. */
export function now() {
  return process.hrtime.bigint();
}

/**
 * Milliseconds since `startNs`, to the microsecond.
 *
 * @param {bigint} startNs
 */
export function millisecondsSince(startNs) {
  return Math.round(Number(process.hrtime.bigint() - startNs) / 1_000) / 1_000;
}

/** Resolves after `ms`. */
export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Asks again until the answer is not `undefined`.
 *
 * @template T
 * @param {() => Promise<T | undefined> | T | undefined} question
 * @param {{ withinMs: number, everyMs?: number }} options
 * @returns {Promise<T | undefined>} undefined: not within that time
 */
export async function until(question, { withinMs, everyMs = 100 }) {
  const end = performance.now() + withinMs;
  for (;;) {
    const answer = await question();
    if (answer !== undefined) return answer;
    if (performance.now() > end) return undefined;
    await pause(everyMs);
  }
}
