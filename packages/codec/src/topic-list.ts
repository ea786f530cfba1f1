import { isU32 } from './bytes/big-endian.ts';
import { compareUtf8, decodeUtf8Range, encodeUtf8 } from './bytes/utf8.ts';
import { MAX_TOPIC_BYTES } from './constants.ts';
import { CodecError, invalidArgument } from './errors.ts';
import { isTopicName, parseTopicName, type TopicName } from './topic-name.ts';

const TAB = 0x09;
const MINUS = 0x2d;
const PLUS = 0x2b;
const ZERO = 0x30;
const NINE = 0x39;
const MAX_U32 = 0xffffffff;

/** A peer's topics at one of its sequence numbers. */
export interface TopicList {
  /** u32 of the peer's announcement. */
  readonly sequence: number;
  /** In the order of the payload, repeated ones included. */
  readonly topics: TopicName[];
  /** How many were left out: no `TopicName` (empty, too long, not UTF-8...) or above the limit. */
  readonly rejected: number;
}

/** Options of `parseTopicList`. */
export interface TopicListOptions {
  /** Topics taken at most, 1000000 unless given; the others are counted as rejected. */
  readonly maxTopics?: number;
}

/**
 * The payload of a topic list, topics in ascending byte order as the original writes them.
 *
 * Shape: sequence as ASCII decimal, then TAB and UTF-8 topic for each. Spec 13.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_TOPIC`, `AMOP_CODEC_INVALID_ARGUMENT` (sequence no u32)
 */
export function encodeTopicList(sequence: number, topics: Iterable<string>): Uint8Array {
  const names = Array.from(topics, parseTopicName).sort(compareUtf8);
  return encodeUtf8([formatSequence(sequence), ...names].join('\t'));
}

/**
 * The topics in the payload of a topic list.
 *
 * As lenient as the original about the sequence (a sign, leading zeroes); a topic that no frame can
 * address is left out and counted, whatever the original would do with it.
 *
 * @throws CodecError `AMOP_CODEC_MALFORMED_TOPIC_LIST` if it does not begin with a u32: the list
 *   known so far stays valid then
 */
export function parseTopicList(payload: Uint8Array, options: TopicListOptions = {}): TopicList {
  const { maxTopics = 1_000_000 } = options;
  let end = endOfPart(payload, 0);
  const sequence = parseSequence(payload, end);
  if (sequence === undefined) {
    throw new CodecError(
      'AMOP_CODEC_MALFORMED_TOPIC_LIST',
      `topic list of ${payload.length} bytes does not begin with a decimal u32`,
      { payloadBytes: payload.length },
    );
  }
  const topics: TopicName[] = [];
  let rejected = 0;
  while (end < payload.length) {
    const start = end + 1;
    end = endOfPart(payload, start);
    const topic = topics.length < maxTopics ? readTopic(payload, start, end) : undefined;
    if (topic === undefined) rejected += 1;
    else topics.push(topic);
  }
  return { sequence, topics, rejected };
}

/** The payload of a topic heartbeat: a u32 in ASCII decimal. Spec 13. */
export function encodeTopicSequence(sequence: number): Uint8Array {
  return encodeUtf8(formatSequence(sequence));
}

/**
 * The u32 in the payload of a topic heartbeat, a sign and leading zeroes tolerated (`-1` is
 * 4294967295, as the original reads it); undefined for anything else: to be ignored. Spec 13.
 */
export function parseTopicSequence(payload: Uint8Array): number | undefined {
  return parseSequence(payload, payload.length);
}

function formatSequence(sequence: number): string {
  if (!isU32(sequence)) throw invalidArgument('sequence', 'an unsigned 32-bit integer');
  return String(sequence);
}

function endOfPart(payload: Uint8Array, start: number): number {
  const tab = payload.indexOf(TAB, start);
  return tab < 0 ? payload.length : tab;
}

function readTopic(payload: Uint8Array, start: number, end: number): TopicName | undefined {
  if (end === start || end - start > MAX_TOPIC_BYTES) return undefined;
  const text = decodeUtf8Range(payload, start, end);
  return text !== undefined && isTopicName(text) ? text : undefined;
}

function parseSequence(payload: Uint8Array, end: number): number | undefined {
  const sign = payload[0];
  const start = sign === MINUS || sign === PLUS ? 1 : 0;
  if (start >= end) return undefined;
  let magnitude = 0;
  for (let index = start; index < end; index++) {
    const digit = payload[index] ?? 0;
    if (digit < ZERO || digit > NINE) return undefined;
    magnitude = magnitude * 10 + digit - ZERO;
    if (magnitude > MAX_U32) return undefined;
  }
  return sign === MINUS ? -magnitude >>> 0 : magnitude;
}
