import { ResultCode } from '@amop/codec';
import type { Failure } from '@amop/router';

/** An answer that no p2p frame can carry (D-41): the handler has run, trying again does not help. */
export function answerTooLarge(nodeId: string): Failure {
  return {
    code: ResultCode.malformed,
    detail: {
      hop: 'peer-node',
      node: nodeId,
      reason: 'answer-too-large',
      maybeDelivered: 'yes',
      retryable: false,
    },
  };
}

/** What original subscribers would sign unseen (D-04). */
export function notAChallenge(nodeId: string): Failure {
  return {
    code: ResultCode.notPermitted,
    detail: {
      hop: 'peer-node',
      node: nodeId,
      reason: 'not-a-challenge',
      maybeDelivered: 'no',
      retryable: false,
    },
  };
}

/** This node is about to stop: the asking node tries another one (104 is what an original takes for that). */
export function stopping(nodeId: string): Failure {
  return {
    code: ResultCode.noAnswer,
    detail: {
      hop: 'peer-node',
      node: nodeId,
      reason: 'stopping',
      maybeDelivered: 'no',
      retryable: true,
    },
  };
}
