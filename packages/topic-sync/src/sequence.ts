/** Largest sequence number that a heartbeat carries. */
const MAX_SEQUENCE = 0xffff_ffff;

/**
 * The sequence number after `sequence`.
 *
 * Unsigned 32 bit; after 4294967295 comes 1, not 0: a receiver starts every session at 0 with an
 * empty list and would take 0 for "nothing to fetch" (spec 13).
 */
export function nextSequence(sequence: number): number {
  return sequence >= MAX_SEQUENCE ? 1 : sequence + 1;
}
