import { type ChannelFrame, type ErrorDetail, parseErrorDetail, ResultCode } from '@amop/codec';
import type { FailureReason } from './failure.ts';
import type { PeerEndpoint } from './pending.ts';

/** 104 from a client of ours that says that no handler has seen the request. */
export function isDeclined(answer: ChannelFrame): boolean {
  if (answer.result !== ResultCode.noAnswer) return false;
  return parseErrorDetail(answer.data)?.maybeDelivered === 'no';
}

/**
 * Whether a peer has nobody who answers: 104, or from one of ours also 103, it has no room.
 *
 * A peer of ours says whether it speaks for itself; a subscriber may answer with the same codes, and
 * then its handler has run. An original peer leaves no way to tell.
 */
export function isGivenUp(peer: PeerEndpoint, answer: ChannelFrame, byNode: boolean): boolean {
  const { noAnswer, bandwidthLimit } = ResultCode;
  if (!peer.target.extended) return answer.result === noAnswer;
  return byNode && (answer.result === noAnswer || answer.result === bandwidthLimit);
}

/** The reason that a peer of ours gives, as far as this node acts on it. */
export function reasonOf({ reason }: ErrorDetail): FailureReason {
  const isKnown =
    reason === 'no-subscriber' || reason === 'receiver-lost' || reason === 'overloaded';
  return isKnown ? reason : 'no-answer';
}
