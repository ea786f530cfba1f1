/** Standard deviations that a share may be off by: one in 2*10^7 is by chance. */
const MAX_DEVIATIONS = 5.5;

/**
 * Whether shares of requests are what a fair choice gives.
 *
 * @param areEqual all have the same chance; else it is enough that everybody got one
 */
export function areFair(shares: readonly number[], areEqual: boolean): boolean {
  if (!areEqual) return shares.every((share) => share > 0);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const mean = total / shares.length;
  const deviation = Math.sqrt(mean * (1 - 1 / shares.length));
  return shares.every((share) => Math.abs(share - mean) <= MAX_DEVIATIONS * deviation);
}
