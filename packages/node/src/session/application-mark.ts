const MARK_DIGITS = 8;
const MAX_MARK = 0x7f_ff_ff_ff;

/**
 * A number for the applications that use one certificate: 31 bits of its fingerprint, never 0.
 *
 * It is a hint: two certificates may have the same one.
 *
 * @param fingerprint256 64 hex digits
 */
export function applicationMark(fingerprint256: string): number {
  return Number.parseInt(fingerprint256.slice(-MARK_DIGITS), 16) & MAX_MARK || 1;
}
