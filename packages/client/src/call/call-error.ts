import { ClientError } from '../errors.ts';
import type { Line } from './line.ts';
import type { AmopCall, Call } from './pending-call.ts';

/** The error of a call whose connection broke after it was written. */
export function disconnected(call: AmopCall, line: Line, cause: ClientError): ClientError {
  return new ClientError(
    'AMOP_CLIENT_DISCONNECTED',
    `${named(call)} the connection to node ${line.node} broke before an answer came: ${cause.message}`,
    {
      topic: call.topic,
      hop: 'client',
      node: line.node,
      reason: 'connection-lost',
      retryable: true,
      maybeDelivered: call.maybeDelivered,
    },
    { cause },
  );
}

/** The error of a call for one line only, which was over before a byte of the call had left. */
export function neverSent(call: AmopCall, line: Line): ClientError {
  return new ClientError(
    'AMOP_CLIENT_DISCONNECTED',
    `${named(call)} the connection to node ${line.node} was over before it could be sent`,
    {
      topic: call.topic,
      hop: 'client',
      node: line.node,
      reason: 'connection-lost',
      retryable: true,
      maybeDelivered: 'no',
    },
  );
}

/** The error of a call whose time is up; of one that no node was there for, if it was never written. */
export function timedOut(call: Call, parked: boolean): ClientError {
  return parked
    ? new ClientError(
        'AMOP_CLIENT_NOT_CONNECTED',
        `${named(call)} no node was connected until the deadline`,
        { topic: call.topic, hop: 'client', reason: 'no-link', retryable: true },
      )
    : new ClientError('AMOP_CLIENT_TIMEOUT', `${named(call)} no outcome until the deadline`, {
        ...(call.kind === 'query' ? {} : { topic: call.topic }),
        ...(call.line === undefined ? {} : { node: call.line.node }),
        hop: 'client',
        reason: 'deadline',
        retryable: true,
        maybeDelivered: call.maybeDelivered,
      });
}

/** The error of a call that its caller ended. */
export function aborted(call: Call, signal: AbortSignal): ClientError {
  return new ClientError(
    'AMOP_CLIENT_ABORTED',
    `${named(call)} ended by the signal of the caller`,
    {
      topic: call.topic,
      hop: 'client',
      reason: 'aborted',
      maybeDelivered: call.maybeDelivered,
    },
    { cause: signal.reason },
  );
}

/** The error of a call for which too much waits for the network already. */
export function outgoingFull(call: AmopCall, line: Line, maxBytes: number): ClientError {
  return new ClientError(
    'AMOP_CLIENT_OVERLOADED',
    `${named(call)} ${line.queuedBytes} bytes wait for the network to node ${line.node}, the limit is ${maxBytes} (limits.maxOutgoingBytes)`,
    { topic: call.topic, hop: 'client', node: line.node, reason: 'outgoing-full', retryable: true },
  );
}

function named(call: Call): string {
  return call.kind === 'query' ? 'query:' : `${call.kind} to ${JSON.stringify(call.topic)}:`;
}
