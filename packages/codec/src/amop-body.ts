import { viewOf } from './bytes/big-endian.ts';
import { decodeUtf8Range, encodeUtf8 } from './bytes/utf8.ts';
import { MAX_TOPIC_BYTES } from './constants.ts';
import { type BodyFault, CodecError, invalidArgument, type TopicFault } from './errors.ts';

/** Topic and content of an AMOP frame. */
export interface AmopBody {
  /** Decoded UTF-8; empty for the body of 0x15 and 0x16. Not checked to be a `TopicName`. */
  readonly topic: string;
  /** View on the data that was read. */
  readonly content: Uint8Array;
}

/**
 * The topic of an AMOP body; undefined if the body is malformed (see `readAmopBody`).
 *
 * @param data the body, or a buffer that holds it from `offset` to its end: with `frame.bytes` and
 *   `CHANNEL_HEADER_BYTES` no view is made
 */
export function readAmopTopic(data: Uint8Array, offset: number = 0): string | undefined {
  const length = data[offset] ?? 0;
  if (length === 0 || offset + length > data.length) return undefined;
  return decodeUtf8Range(data, offset + 1, offset + length);
}

/**
 * Topic and content of a frame of type 0x30, 0x31, 0x35, 0x1001 (0x15, 0x16 with an empty topic).
 *
 * Shape: u8 L = topic bytes + 1 | topic (L - 1 bytes) | content. Spec 3.1, 4.
 *
 * @throws CodecError `AMOP_CODEC_MALFORMED_BODY`: no data, L of 0 or beyond the data (the original
 *   aborts or reads beyond its buffer, D-01), topic not UTF-8
 */
export function readAmopBody(data: Uint8Array): AmopBody {
  const length = data[0];
  if (length === undefined) throw malformed('empty', data);
  if (length === 0) throw malformed('length-zero', data);
  if (length > data.length) throw malformed('length-beyond-data', data);
  const topic = decodeUtf8Range(data, 1, length);
  if (topic === undefined) throw malformed('not-utf8', data);
  return { topic, content: viewOf(data, length, data.length) };
}

/**
 * The bytes of an AMOP body, fresh memory.
 *
 * @param topic empty, or well-formed text of up to 254 UTF-8 bytes
 * @throws CodecError `AMOP_CODEC_INVALID_TOPIC`
 */
export function encodeAmopBody(topic: string, content: Uint8Array): Uint8Array {
  const topicBytes = encodeUtf8(topic);
  if (topicBytes.length > MAX_TOPIC_BYTES) {
    throw invalidTopic(
      'too-long',
      topicBytes,
      `topic has ${topicBytes.length} bytes, at most ${MAX_TOPIC_BYTES} fit its length byte`,
    );
  }
  if (decodeUtf8Range(topicBytes, 0, topicBytes.length) !== topic) {
    const message = 'topic contains half of a surrogate pair and has no UTF-8 form';
    throw invalidTopic('not-well-formed', topicBytes, message);
  }
  const body = new Uint8Array(amopBodyBytes(topicBytes, content));
  writeAmopBody(body, 0, topicBytes, content);
  return body;
}

/** Bytes that `writeAmopBody` writes: the length byte, the topic, the content. */
export function amopBodyBytes(topicBytes: Uint8Array, content: Uint8Array): number {
  return 1 + topicBytes.length + content.length;
}

/**
 * Writes an AMOP body into a buffer of the caller.
 *
 * @param topicBytes up to 254 bytes, see `topicNameBytes`
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT`: nothing has been written then
 */
export function writeAmopBody(
  target: Uint8Array,
  offset: number,
  topicBytes: Uint8Array,
  content: Uint8Array,
): void {
  const hasRoom = topicBytes.length <= MAX_TOPIC_BYTES;
  if (!hasRoom) throw invalidArgument('topicBytes', `at most ${MAX_TOPIC_BYTES} bytes`);
  const bytes = amopBodyBytes(topicBytes, content);
  if (!(offset >= 0 && offset + bytes <= target.length)) {
    throw invalidArgument('offset', `room for ${bytes} bytes in a target of ${target.length}`);
  }
  target[offset] = topicBytes.length + 1;
  target.set(topicBytes, offset + 1);
  target.set(content, offset + 1 + topicBytes.length);
}

function invalidTopic(
  reason: TopicFault,
  topicBytes: Uint8Array,
  message: string,
): CodecError<'AMOP_CODEC_INVALID_TOPIC'> {
  return new CodecError('AMOP_CODEC_INVALID_TOPIC', message, { reason, bytes: topicBytes.length });
}

function malformed(reason: BodyFault, data: Uint8Array): CodecError<'AMOP_CODEC_MALFORMED_BODY'> {
  return new CodecError(
    'AMOP_CODEC_MALFORMED_BODY',
    `AMOP body of ${data.length} bytes is malformed: ${describe(reason, data)}`,
    { reason, dataBytes: data.length },
  );
}

function describe(reason: BodyFault, data: Uint8Array): string {
  switch (reason) {
    case 'empty':
      return 'the topic length byte is missing';
    case 'length-zero':
      return 'the topic length byte is 0, the least is 1';
    case 'length-beyond-data':
      return `the topic length byte is ${data[0]}`;
    case 'not-utf8':
      return 'the topic is not UTF-8';
  }
}
