import { encodeJson, isJsonObject, parseJson, TOPIC_LIST_JSON } from '../bytes/json.ts';
import { MAX_TOPIC_BYTES } from '../constants.ts';
import { findTopicFault, type TopicName } from '../topic-name.ts';

/** More refused names than this are not listed: the list is echoed, and names are cheap to send. */
const MAX_REFUSED = 1024;

/** A topic that a subscription asked for and did not get. */
export interface RefusedTopic {
  /** The name, cut to 254 characters. */
  readonly topic: string;
  /** Why: a `TopicFault` of this package, or a word of the node such as `too-many-topics`. */
  readonly reason: string;
}

/** The whole new set of a session's topics. Spec 7. */
export interface SubscribeReplace {
  readonly kind: 'replace';
  /** Without repetition, in the order given. */
  readonly topics: TopicName[];
  readonly refused: RefusedTopic[];
}

/** A change of a session's topics; only where `ack` was negotiated. `remove` applies first. */
export interface SubscribeDelta {
  readonly kind: 'delta';
  readonly add: TopicName[];
  readonly remove: TopicName[];
  readonly refused: RefusedTopic[];
}

/**
 * The subscription in the data of a 0x32; undefined for what the original ignores: no data, no JSON,
 * an object or array among the elements, an object with members (unless it is the delta form).
 *
 * `null`, `{}` and scalar roots clear the set; numbers and booleans among the elements become their
 * text. Names that are no `TopicName` (D-27) are listed in `refused`, the others count.
 */
export function parseSubscribe(data: Uint8Array): SubscribeReplace | SubscribeDelta | undefined {
  const root = parseJson(data, TOPIC_LIST_JSON);
  if (root === undefined) return undefined;
  const refused: RefusedTopic[] = [];
  if (Array.isArray(root)) {
    const topics = readTopics(root, refused);
    return topics && { kind: 'replace', topics, refused };
  }
  if (!isJsonObject(root) || Object.keys(root).length === 0) {
    return { kind: 'replace', topics: [], refused };
  }
  const { add, remove } = root;
  if (add === undefined && remove === undefined) return undefined;
  const added = readTopics(add ?? [], refused);
  const removed = readTopics(remove ?? [], refused);
  return added && removed && { kind: 'delta', add: added, remove: removed, refused };
}

/** The data of a 0x32 that replaces the session's topics. */
export function encodeSubscribe(topics: Iterable<TopicName>): Uint8Array {
  return encodeJson([...topics]);
}

/** The data of a 0x32 that changes the session's topics; only where `ack` was negotiated. */
export function encodeSubscribeDelta(
  add: Iterable<TopicName>,
  remove: Iterable<TopicName>,
): Uint8Array {
  return encodeJson({ add: [...add], remove: [...remove] });
}

/** The topics of an array, bad names apart; undefined if it is none or has a nested element. */
function readTopics(value: unknown, refused: RefusedTopic[]): TopicName[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const topics = new Set<TopicName>();
  const seenRefused = new Set<string>();
  for (const element of value as unknown[]) {
    if (typeof element === 'object' && element !== null) return undefined;
    const topic = element === null ? '' : String(element);
    const reason = findTopicFault(topic);
    if (reason === undefined) {
      topics.add(topic as TopicName); // findTopicFault is the check of this brand
    } else if (refused.length < MAX_REFUSED && !seenRefused.has(topic)) {
      seenRefused.add(topic);
      refused.push({ topic: topic.slice(0, MAX_TOPIC_BYTES), reason });
    }
  }
  return [...topics];
}
