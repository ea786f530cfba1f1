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
  const visible: TopicName[] = [];
  for (const topic of topics) {
    if (!isReservedTopic(topic) || own.has(topic) || isChallengedBy(topic, own))
      visible.push(topic);
  }
  return visible.sort();
}

function isChallengedBy(topic: TopicName, own: ReadonlySet<TopicName>): boolean {
  const route = parseChallengeRoute(topic);
  return route !== undefined && own.has(publisherMarker(route.payload));
}
