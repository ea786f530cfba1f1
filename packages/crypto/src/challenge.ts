const TEXT_CHALLENGE_BYTES = 32;
const MAX_NUMBER_CHALLENGE_BYTES = 17;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_A = 0x61;
const LOWER_F = 0x66;

/**
 * Whether `content` is shaped like the challenge of an original publisher: 32 lower-case hex digits
 * in ASCII (Java), or 1 to 17 bytes of a number (Go). Spec 10.3.
 *
 * A subscriber signs nothing else with `sign`: what it signs is chosen by others, and a
 * content of another shape could mean something elsewhere (D-04).
 */
export function isChallenge(content: Uint8Array): boolean {
  if (content.length !== TEXT_CHALLENGE_BYTES) {
    return content.length >= 1 && content.length <= MAX_NUMBER_CHALLENGE_BYTES;
  }
  return content.every(
    (byte) => (byte >= ZERO && byte <= NINE) || (byte >= LOWER_A && byte <= LOWER_F),
  );
}
