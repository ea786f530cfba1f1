/** Random numbers. The production one is cryptographically sound, the one of simulations seeded. */
export interface Random {
  /** A fresh array of `count` random bytes. */
  bytes(count: number): Uint8Array;
  /**
   * A uniformly chosen integer in `[0, limit)`, without modulo bias.
   *
   * @param limit integer, 1 to 2^32
   * @throws RangeError when `limit` is no such integer
   */
  below(limit: number): number;
}
