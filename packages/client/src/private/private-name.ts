import { CodecError, payloadTopic, type TopicName } from '@amop/codec';
import { ClientError } from '../errors.ts';
import { parseTopic } from '../topic.ts';

/** The name of a private topic, checked, and the topic that its messages travel under. */
export interface PrivateName {
  readonly name: TopicName;
  readonly payload: TopicName;
}

/**
 * Checks the name of a private topic before a byte of it leaves: as any topic, but 185 bytes at most.
 *
 * @throws ClientError `AMOP_CLIENT_TOPIC`
 */
export function parsePrivateName(text: string): PrivateName {
  const { name } = parseTopic(text);
  try {
    return { name, payload: payloadTopic(name) };
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    const reason = 'reason' in cause.details ? cause.details.reason : 'bad-topic';
    const details = { topic: name, hop: 'client', reason } as const;
    throw new ClientError('AMOP_CLIENT_TOPIC', cause.message, details, { cause });
  }
}
