import { encodeUtf8 } from './bytes/utf8.ts';
import {
  CHALLENGE_ROUTE_PREFIX,
  MAX_PRIVATE_TOPIC_BYTES,
  PRIVATE_TOPIC_PREFIX,
  PUBLISHER_MARKER_PREFIX,
} from './constants.ts';
import { CodecError } from './errors.ts';
import { isTopicName, parseTopicName, type TopicName } from './topic-name.ts';

/** Hex digits at the end of a challenge route. */
export const ROUTE_ID_DIGITS = 32;

/** Version of the bound proof that {@link createBoundRouteId} marks. */
export const BOUND_ROUTE_VERSION = 1;

/** First six digits of the ID of a bound route; two digits of its version follow. */
const BOUND_MARK = 'a30b9d';
/** Digit 13, which is `4` in the random UUIDs of original SDKs. */
const BOUND_KIND = 'b';
const KIND_POSITION = 12;
const ROUTE_ID = /^[0-9a-f]{32}$/;
/** A name that ends with `_` and the ID. */
const ROUTE_TAIL_LENGTH = 1 + ROUTE_ID_DIGITS;

/** A challenge route taken apart. */
export interface ChallengeRoute {
  /** The payload topic that it is for. */
  readonly payload: TopicName;
  /** 32 lower-case hex digits. */
  readonly id: string;
}

/**
 * The payload topic of a private topic: `#!$TopicNeedVerify_` and its name. Spec 10.1.
 *
 * @param name 1..185 bytes: its challenge route is 69 bytes longer and must be a topic too
 * @throws CodecError `AMOP_CODEC_INVALID_TOPIC`
 */
export function payloadTopic(name: string): TopicName {
  const { length: bytes } = encodeUtf8(parseTopicName(name));
  if (bytes > MAX_PRIVATE_TOPIC_BYTES) {
    throw new CodecError(
      'AMOP_CODEC_INVALID_TOPIC',
      `private topic has ${bytes} bytes, at most ${MAX_PRIVATE_TOPIC_BYTES} are allowed`,
      { reason: 'too-long', bytes },
    );
  }
  return parseTopicName(PRIVATE_TOPIC_PREFIX + name);
}

/** The name that an application knows a payload topic by. */
export function privateTopicName(payload: TopicName): string {
  return payload.slice(PRIVATE_TOPIC_PREFIX.length);
}

/** The topic by which a publisher says that it challenges subscribers of `payload`. Spec 10.1. */
export function publisherMarker(payload: TopicName): TopicName {
  return parseTopicName(PUBLISHER_MARKER_PREFIX + payload);
}

/** The payload topic of a publisher marker; undefined for any other topic. */
export function payloadOfMarker(topic: string): TopicName | undefined {
  if (!topic.startsWith(PUBLISHER_MARKER_PREFIX)) return undefined;
  return payloadIn(topic.slice(PUBLISHER_MARKER_PREFIX.length));
}

/** The topic on which one subscriber of `payload` is challenged. Spec 10.1. */
export function challengeRoute({ id, payload }: ChallengeRoute): TopicName {
  return parseTopicName(`${CHALLENGE_ROUTE_PREFIX}${payload}_${id}`);
}

/**
 * Takes a challenge route apart: undefined for any other topic, and for one that does not end with
 * exactly `_` and 32 lower-case hex digits, so that `T1` never stands for `T10` (D-10).
 */
export function parseChallengeRoute(topic: string): ChallengeRoute | undefined {
  if (!topic.startsWith(CHALLENGE_ROUTE_PREFIX)) return undefined;
  const end = topic.length - ROUTE_TAIL_LENGTH;
  const id = topic.slice(end + 1);
  if (topic[end] !== '_' || !ROUTE_ID.test(id)) return undefined;
  const payload = payloadIn(topic.slice(CHALLENGE_ROUTE_PREFIX.length, end));
  return payload && { payload, id };
}

/** Whether a topic begins with one of the three prefixes of private topics. */
export function isReservedTopic(topic: string): boolean {
  return (
    topic.startsWith(PRIVATE_TOPIC_PREFIX) ||
    topic.startsWith(CHALLENGE_ROUTE_PREFIX) ||
    topic.startsWith(PUBLISHER_MARKER_PREFIX)
  );
}

/**
 * The ID of a route whose owner speaks the bound proof: a fixed mark, its version, random digits.
 *
 * Original SDKs take it for a UUID, and make none that looks like it (extension, "Private topics").
 *
 * @param random 16 bytes
 */
export function createBoundRouteId(random: Uint8Array): string {
  let digits = '';
  for (const byte of random) digits += byte.toString(16).padStart(2, '0');
  const version = BOUND_ROUTE_VERSION.toString(16).padStart(2, '0');
  const head = BOUND_MARK + version;
  return (
    head + digits.slice(head.length, KIND_POSITION) + BOUND_KIND + digits.slice(KIND_POSITION + 1)
  );
}

/** The version of the bound proof that the owner of a route speaks; undefined for original ones. */
export function boundRouteVersion(id: string): number | undefined {
  if (!ROUTE_ID.test(id) || !id.startsWith(BOUND_MARK) || id[KIND_POSITION] !== BOUND_KIND) {
    return undefined;
  }
  return Number.parseInt(id.slice(BOUND_MARK.length, BOUND_MARK.length + 2), 16);
}

/** `text` if it is a payload topic with a name. */
function payloadIn(text: string): TopicName | undefined {
  const hasName =
    text.startsWith(PRIVATE_TOPIC_PREFIX) && text.length > PRIVATE_TOPIC_PREFIX.length;
  return hasName && isTopicName(text) ? text : undefined;
}
