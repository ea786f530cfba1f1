import { type ErrorDetail, parseErrorDetail } from '@amop/codec';
import { ClientError } from '../../../errors.ts';

/** The error of a call on a topic for which no key is configured. */
export function noKeys(topic: string): ClientError {
  return new ClientError(
    'AMOP_CLIENT_NO_KEYS',
    `private topic ${JSON.stringify(topic)}: no public key is configured, so nobody may receive: allow() one`,
    { topic, hop: 'client', reason: 'no-keys' },
  );
}

/** The error of a call on a topic where nobody has proved an allowed key. */
export function nobodyProven(topic: string, isConnected: boolean): ClientError {
  return isConnected
    ? new ClientError(
        'AMOP_CLIENT_NO_SUBSCRIBER',
        `private topic ${JSON.stringify(topic)}: no subscriber has proved an allowed key; waitForSubscribers() waits for one`,
        { topic, hop: 'client', reason: 'no-proven-subscriber', retryable: true },
      )
    : new ClientError(
        'AMOP_CLIENT_NOT_CONNECTED',
        `private topic ${JSON.stringify(topic)}: no node is connected`,
        { topic, hop: 'client', reason: 'no-link', retryable: true },
      );
}

/** The error of a call whose answer is not sealed by who has proved the key. */
export function unsealed(topic: string, node: string, seq: string | undefined): ClientError {
  return new ClientError(
    'AMOP_CLIENT_SEAL',
    `private topic ${JSON.stringify(topic)}: the answer by way of node ${node} is not sealed by the subscriber that was asked; somebody on the way answered or changed it`,
    {
      topic,
      node,
      hop: 'subscriber',
      reason: 'not-sealed',
      maybeDelivered: 'unknown',
      ...(seq === undefined ? {} : { seq }),
    },
  );
}

/** The error of a call whose key was revoked before its answer came. */
export function keyWithdrawn(topic: string): ClientError {
  return new ClientError(
    'AMOP_CLIENT_SEAL',
    `private topic ${JSON.stringify(topic)}: the key of the subscriber was revoked before its answer came`,
    { topic, hop: 'client', reason: 'key-withdrawn', maybeDelivered: 'unknown' },
  );
}

/** The error of a call that a subscriber read and did not take. */
export function declined(topic: string): ClientError {
  return new ClientError(
    'AMOP_CLIENT_NO_ANSWER',
    `private topic ${JSON.stringify(topic)}: the subscriber handed the message back`,
    { topic, hop: 'subscriber', reason: 'declined', retryable: true, maybeDelivered: 'no' },
  );
}

/** The error of a call whose handler threw, with what the subscriber sealed about it. */
export function handlerFailed(topic: string, body: Uint8Array): ClientError {
  const detail: ErrorDetail | undefined = parseErrorDetail(body);
  const text = detail?.message === undefined ? '' : `: ${detail.message}`;
  return new ClientError(
    'AMOP_CLIENT_HANDLER_FAILED',
    `private topic ${JSON.stringify(topic)}: the handler of the subscriber failed${text}`,
    {
      topic,
      hop: 'subscriber',
      reason: detail?.reason ?? 'handler-failed',
      retryable: detail?.retryable ?? false,
      maybeDelivered: 'yes',
      ...(detail?.message === undefined ? {} : { remoteMessage: detail.message }),
    },
  );
}

/**
 * An error of the way there, under the name that the application knows the topic by.
 *
 * @param wireTopic the name that the error speaks of
 */
export function onPrivateTopic(topic: string, error: unknown, wireTopic: string): ClientError {
  if (!(error instanceof ClientError)) throw error;
  const { cause, code, details, message } = error;
  const text = message.replaceAll(wireTopic, topic);
  return new ClientError(code, text, { ...details, topic }, { cause });
}
