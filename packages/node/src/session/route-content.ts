import {
  boundRouteVersion,
  CHALLENGE_ROUTE_PREFIX,
  CHANNEL_HEADER_BYTES,
  type ChannelFrame,
  ROUTE_ID_DIGITS,
} from '@amop/codec';

/** Random value of the Java SDK: so many lower-case hex digits. */
const JAVA_CHALLENGE_BYTES = 32;
/** Random value of the Go SDK: a number below 2^130 without leading zero bytes. */
const MAX_GO_CHALLENGE_BYTES = 17;
/** Begin of what clients of ours send to each other's routes (docs/private-topics.md). */
const BOUND_MARK: readonly number[] = [0xa5, 0x50, 0x54];

/**
 * Whether a message on `topic` may be delivered: to a challenge route goes a challenge, or, where its
 * owner is a client of ours, what these say to each other, and nothing else. An original subscriber signs whatever arrives there with
 * a plain key: without this anybody could have a transaction signed (D-04).
 */
export function isAllowedContent(topic: string, { bytes }: ChannelFrame): boolean {
  if (!topic.startsWith(CHALLENGE_ROUTE_PREFIX)) return true;
  const topicLength = bytes[CHANNEL_HEADER_BYTES] ?? 0; // counts itself (spec 4)
  const content = bytes.subarray(CHANNEL_HEADER_BYTES + topicLength);
  if (content.length > 0 && content.length <= MAX_GO_CHALLENGE_BYTES) return true;
  if (content.length === JAVA_CHALLENGE_BYTES && content.every(isHexDigit)) return true;
  const isOurs = boundRouteVersion(topic.slice(-ROUTE_ID_DIGITS)) !== undefined;
  return isOurs && BOUND_MARK.every((byte, index) => content[index] === byte);
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
}
