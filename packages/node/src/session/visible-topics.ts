import { isReservedTopic, parseChallengeRoute, publisherMarker, type TopicName } from '@amop/codec';

/**
 * Those of `topics` that an application gets to see, in ascending order: all but the reserved topics of
 * others. Of these it sees the routes that it may have to challenge (D-35).
 *
 * This keeps order, not secrets: nodes see all names of each other.
 *
 * @param own what the application itself subscribes
 */
export function visibleTopics(
  topics: Iterable<TopicName>,
  own: ReadonlySet<TopicName>,
): TopicName[] {
  return [...topics].filter((topic) => own.has(topic) || isVisible(topic, own)).sort();
}

/** As {@link visibleTopics}, of another node: no reserved topic there is the application's own. */
export function visibleTopicsOfPeer(
  topics: Iterable<TopicName>,
  own: ReadonlySet<TopicName>,
): TopicName[] {
  return [...topics].filter((topic) => isVisible(topic, own)).sort();
}

function isVisible(topic: TopicName, own: ReadonlySet<TopicName>): boolean {
  return !isReservedTopic(topic) || isChallengedBy(topic, own);
}

function isChallengedBy(topic: TopicName, own: ReadonlySet<TopicName>): boolean {
  const route = parseChallengeRoute(topic);
  return route !== undefined && own.has(publisherMarker(route.payload));
}
