import type { ChannelFrame } from '@amop/codec';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A frame longer than this spans several reads, so the decoder has joined it in memory of its own. */
const JOINED_FRAME_BYTES = 128 * 1024;

/** The bytes of a body: text as UTF-8, bytes as they are. */
export function bodyBytes(body: Uint8Array | string): Uint8Array {
  return typeof body === 'string' ? encoder.encode(body) : body;
}

/** The text of UTF-8 bytes; what is not UTF-8 becomes U+FFFD. */
export function bodyText(body: Uint8Array): string {
  return decoder.decode(body);
}

/**
 * `content`, a view on `frame`, as memory that the application may keep for ever and that shows
 * no other message through its `buffer`. A copy, but for large frames that own their buffer.
 */
export function ownBytes(frame: ChannelFrame, content: Uint8Array): Uint8Array {
  const { buffer, byteLength } = frame.bytes;
  if (byteLength > JOINED_FRAME_BYTES && buffer.byteLength === byteLength) return content;
  return new Uint8Array(content);
}
