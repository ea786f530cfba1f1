import type { ChannelFrame } from '@amop/codec';
import type { PeerEndpoint, PendingRequest, SessionEndpoint } from './pending.ts';

/** How a request ended. */
export type RequestEnd =
  /** A subscriber answered; `code` is the result of its frame. */
  | { readonly kind: 'answered'; readonly code: number; readonly bytes: number }
  /** This node gave up. */
  | { readonly kind: 'failed'; readonly code: number; readonly reason: string }
  /** The sender was gone. */
  | { readonly kind: 'abandoned' };

/** Where a multicast went. */
export interface MulticastEnd {
  /** Applications of this node that it was queued for. */
  readonly toApplications: number;
  /** Other nodes that it was queued for. */
  readonly toPeers: number;
  /** It was dropped as a copy of one that had come before. */
  readonly isDuplicate: boolean;
}

/**
 * Hears what becomes of each message. Called in the middle of routing: it must be quick, must not throw, and
 * must not keep frames, which hold the buffer they came in.
 */
export interface RouteObserver {
  /** A request was taken; its attempts and its end follow. */
  requested(request: PendingRequest, nowMs: number): void;
  /** It was given to a receiver, under `seqKey` if that is an application of this node. */
  attempted(
    request: PendingRequest,
    endpoint: SessionEndpoint | PeerEndpoint,
    seqKey: string,
    nowMs: number,
  ): void;
  /** It has its one outcome; `request.attempt` is the receiver that answered. */
  ended(request: PendingRequest, end: RequestEnd, nowMs: number): void;
  /** A multicast went through, from the session or peer with that id. */
  multicast(sourceId: number, frame: ChannelFrame, topic: string, end: MulticastEnd): void;
}
