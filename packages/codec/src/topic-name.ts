import { decodeUtf8Range, encodeUtf8 } from './bytes/utf8.ts';
import { BLOCK_NOTIFY_PREFIX, MAX_TOPIC_BYTES, PRIVATE_TOPIC_PREFIX } from './constants.ts';
import { CodecError, type TopicFault } from './errors.ts';

declare const topicNameBrand: unique symbol;

/**
 * A topic that every node and SDK can carry: well-formed text of 1 to 254 UTF-8 bytes without
 * control characters (below 0x20, and 0x7f). Compared as it is, case matters. Spec 4, D-27.
 */
export type TopicName = string & { readonly [topicNameBrand]: true };

/**
 * The topic in `text`, unchanged.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_TOPIC` with the reason and the length in bytes
 */
export function parseTopicName(text: string): TopicName {
  const reason = findTopicFault(text);
  if (reason === undefined) return text as TopicName; // the check of this brand
  const bytes = encodeUtf8(text).length;
  throw new CodecError('AMOP_CODEC_INVALID_TOPIC', describeFault(reason, bytes), { reason, bytes });
}

/** Whether `text` is a topic as `parseTopicName` takes it. */
export function isTopicName(text: string): text is TopicName {
  return findTopicFault(text) === undefined;
}

/** What keeps `text` from being a topic; undefined if nothing does. */
export function findTopicFault(text: string): TopicFault | undefined {
  if (text.length === 0) return 'empty';
  if (text.length > MAX_TOPIC_BYTES) return 'too-long';
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit === 0x7f) return 'control-character';
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 3;
    else {
      const next = text.charCodeAt(index + 1); // NaN at the end fails both comparisons
      if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return 'not-well-formed';
      bytes += 4;
      index += 1;
    }
  }
  return bytes > MAX_TOPIC_BYTES ? 'too-long' : undefined;
}

/** The UTF-8 bytes of a topic: 1 to 254, fresh memory. */
export function topicNameBytes(topic: TopicName): Uint8Array {
  return encodeUtf8(topic);
}

/**
 * The text of the topic bytes from `start` to `end`; undefined if they are not UTF-8.
 *
 * Only the encoding is checked: the text may be empty or hold control characters.
 */
export function decodeTopicBytes(
  bytes: Uint8Array,
  start: number,
  end: number,
): string | undefined {
  return decodeUtf8Range(bytes, start, end);
}

/** Whether a topic belongs to the block notifications, which carry no AMOP message. D-13. */
export function isBlockNotifyTopic(topic: string): boolean {
  return topic.startsWith(BLOCK_NOTIFY_PREFIX);
}

/** Whether a topic is the payload topic of a private topic: not routable unverified. Spec 10. */
export function isPrivateTopic(topic: string): boolean {
  return topic.startsWith(PRIVATE_TOPIC_PREFIX);
}

function describeFault(reason: TopicFault, bytes: number): string {
  switch (reason) {
    case 'empty':
      return 'topic is empty';
    case 'too-long':
      return `topic has ${bytes} bytes, at most ${MAX_TOPIC_BYTES} are allowed`;
    case 'control-character':
      return `topic of ${bytes} bytes contains a control character`;
    case 'not-well-formed':
      return 'topic contains half of a surrogate pair and has no UTF-8 form';
  }
}
