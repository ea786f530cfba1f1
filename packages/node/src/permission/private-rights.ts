import {
  isPrivateTopic,
  isReservedTopic,
  parseChallengeRoute,
  parseTopicName,
  payloadOfMarker,
  privateTopicName,
  type TopicName,
} from '@amop/codec';
import type { Rights } from './permissions.ts';
import { ALL_TOPICS, type TopicSet } from './topic-set.ts';

/**
 * Rights whose rules count for private topics by the name that people know them by.
 *
 * Who may subscribe `orders` may subscribe the payload topic and routes of the private topic `orders`;
 * who may publish on `orders` may own its marker, send on it and challenge its subscribers. A rule that
 * names a reserved topic as it is written on the wire counts as it stands, too.
 */
export function withPrivateTopics({ publish, subscribe }: Rights): Rights {
  if (publish === ALL_TOPICS && subscribe === ALL_TOPICS) return { publish, subscribe };
  return {
    publish: either(publish, (topic) => named(payloadOf(topic), publish)),
    subscribe: {
      has: (topic) => {
        const marked = payloadOfMarker(topic);
        if (marked !== undefined && named(marked, publish)) return true;
        // A rule for everything is none for markers: they are the business of who publishes.
        if (marked !== undefined && subscribe === ALL_TOPICS) return publish === ALL_TOPICS;
        return (
          subscribe.has(topic) || (isReservedTopic(topic) && named(payloadOf(topic), subscribe))
        );
      },
    },
  };
}

function either(rule: TopicSet, reserved: (topic: string) => boolean): TopicSet {
  if (rule === ALL_TOPICS) return ALL_TOPICS;
  return { has: (topic) => rule.has(topic) || (isReservedTopic(topic) && reserved(topic)) };
}

function named(payload: TopicName | undefined, rule: TopicSet): boolean {
  return payload !== undefined && rule.has(privateTopicName(payload));
}

/** The payload topic of a payload topic, or of a route. */
function payloadOf(topic: string): TopicName | undefined {
  return isPrivateTopic(topic) ? parseTopicName(topic) : parseChallengeRoute(topic)?.payload;
}
