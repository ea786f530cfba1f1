import { ResultCode } from '@amop/codec';
import type { PendingRequest } from './pending.ts';
import type { Failure } from './target.ts';

/** Why an attempt, or a request without any, failed. Part of the extension's `reason` words. */
export type FailureReason =
  | 'no-subscriber'
  | 'no-answer'
  | 'receiver-lost'
  | 'bad-answer'
  | 'declined'
  | 'overloaded';

/**
 * The outcome of a request for which nobody is left to try.
 *
 * Code 104 when some subscriber was reached and gave no answer, 100 when none was; a peer always
 * gets 104, which is what the subscriber's node says in the original (spec 8.2, 21).
 */
export function exhausted(request: PendingRequest, nodeId: string, reason: FailureReason): Failure {
  return {
    code: codeOf(request, reason),
    detail: {
      hop: request.fromPeer ? 'peer-node' : 'node',
      node: nodeId,
      reason,
      retryable: true,
      ...request.peerDetail,
      maybeDelivered: request.maybeDelivered ? 'unknown' : 'no',
    },
  };
}

function codeOf(request: PendingRequest, reason: FailureReason): number {
  if (request.fromPeer || request.unanswered) return ResultCode.noAnswer;
  // An original hears 100 when a node is lost (spec 8.1); a client of ours hears what is true.
  if (request.once && request.maybeDelivered) return ResultCode.noAnswer;
  return reason === 'overloaded' ? ResultCode.bandwidthLimit : ResultCode.noSubscriber;
}

/** The outcome of a request that this node has no room for: 103, nothing was delivered. */
export function overloaded(nodeId: string): Failure {
  return {
    code: ResultCode.bandwidthLimit,
    detail: {
      hop: 'node',
      node: nodeId,
      reason: 'overloaded',
      maybeDelivered: 'no',
      retryable: true,
    },
  };
}
