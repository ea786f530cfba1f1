/** A public key for people, who know it by its ends: `3f2a91c7…60c1`. */
export function shortKey(digits: string): string {
  return `${digits.slice(0, 8)}…${digits.slice(-4)}`;
}
