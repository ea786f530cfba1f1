import { type ChannelFrame, type ErrorDetail, parseErrorDetail, ResultCode } from '@amop/codec';
import type { FailureReason } from './failure.ts';
import type { PeerEndpoint } from './pending.ts';

/** 104 from a client of ours that says that no handler has seen the request. */
export function isDeclined(answer: ChannelFrame): boolean {
  if (answer.result !== ResultCode.noAnswer) return false;
  return parseErrorDetail(answer.data)?.maybeDelivered === 'no';
}

/** 103 from a peer of ours: it has no room, others may have. */
export function isOverloaded(peer: PeerEndpoint, answer: ChannelFrame): boolean {
  return peer.target.extended && answer.result === ResultCode.bandwidthLimit;
}

/** The reason that a peer of ours gives, as far as this node acts on it. */
export function reasonOf({ reason }: ErrorDetail): FailureReason {
  const isKnown =
    reason === 'no-subscriber' || reason === 'receiver-lost' || reason === 'overloaded';
  return isKnown ? reason : 'no-answer';
}
