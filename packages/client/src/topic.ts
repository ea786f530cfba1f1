import {
  BLOCK_NOTIFY_PREFIX,
  CHALLENGE_ROUTE_PREFIX,
  CodecError,
  PRIVATE_TOPIC_PREFIX,
  PUBLISHER_MARKER_PREFIX,
  parseTopicName,
  type TopicName,
  topicNameBytes,
} from '@amop/codec';
import { ClientError } from './errors.ts';

/** Prefixes that stand for something else on the wire; nodes deliver no plain message there (D-03). */
const RESERVED_PREFIXES: readonly string[] = [
  BLOCK_NOTIFY_PREFIX,
  PRIVATE_TOPIC_PREFIX,
  CHALLENGE_ROUTE_PREFIX,
  PUBLISHER_MARKER_PREFIX,
];

/** Topics whose bytes are remembered; all are forgotten when there are more. */
const MAX_REMEMBERED = 4096;

/** A checked topic and its UTF-8 form. */
export interface Topic {
  readonly name: TopicName;
  readonly bytes: Uint8Array;
}

/**
 * Checks the name of a topic before a byte of it leaves: 1..254 UTF-8 bytes, no control characters,
 * none of the reserved prefixes.
 *
 * @throws ClientError `AMOP_CLIENT_TOPIC`
 */
export function parseTopic(text: string): Topic {
  if (typeof text !== 'string') {
    throw refused(String(text), 'not-a-string', `topic must be a string, found ${typeof text}`);
  }
  const prefix = RESERVED_PREFIXES.find((each) => text.startsWith(each));
  if (prefix !== undefined) {
    throw refused(
      text,
      'reserved-prefix',
      `topic ${JSON.stringify(text)} begins with the reserved ${JSON.stringify(prefix)}: choose another name`,
    );
  }
  try {
    const name = parseTopicName(text);
    return { name, bytes: topicNameBytes(name) };
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    const reason = 'reason' in cause.details ? cause.details.reason : 'bad-topic';
    throw refused(text, reason, cause.message, cause);
  }
}

/** The name under which the application subscribed `topic`: another one where it is private. */
export function applicationName(topic: string): string {
  return topic.startsWith(PRIVATE_TOPIC_PREFIX) ? topic.slice(PRIVATE_TOPIC_PREFIX.length) : topic;
}

/** Topics that were checked before: a request to the same topic does not do it again. */
export class TopicMemory {
  readonly #topics = new Map<string, Topic>();

  /** As {@link parseTopic}. */
  parse(text: string): Topic {
    const known = this.#topics.get(text);
    if (known !== undefined) return known;
    const topic = parseTopic(text);
    if (this.#topics.size >= MAX_REMEMBERED) this.#topics.clear();
    this.#topics.set(text, topic);
    return topic;
  }
}

function refused(topic: string, reason: string, message: string, cause?: unknown): ClientError {
  const details = { topic: topic.slice(0, 254), hop: 'client', reason } as const;
  return new ClientError('AMOP_CLIENT_TOPIC', message, details, { cause });
}
