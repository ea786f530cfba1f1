import type { ChannelFrame, ErrorDetail, PeerGrants, TopicStatus, VerifyTopic } from '@amop/codec';
import type { OriginLoad } from './origin-load.ts';

/**
 * A local session as the router sees it: something that can be pushed to.
 *
 * The node's channel session implements it; the router never sees a socket.
 */
export interface SessionTarget {
  /**
   * Queues `frame` as a unicast request.
   *
   * @param seqKey the seq to push under; equals `frame.seqKey` unless that one is already pending there
   * @param remainingMs time left for the answer in ms; 0 when the sender named none
   * @returns false when the session is gone and certainly nothing was sent
   */
  pushRequest(frame: ChannelFrame, seqKey: string, remainingMs: number): boolean;
  /** Queues `frame` as a multicast; false when the session is gone. */
  pushMulticast(frame: ChannelFrame): boolean;
  /** Whether it agreed that a 0x38 names its route: then it may be asked about several at a time. */
  readonly namesRoutes: boolean;
  /** Queues a 0x37 under `seqKey`; false when the session is gone and nothing was sent. */
  askVerification(seqKey: string, request: VerifyTopic): boolean;
  /** Tells a session with {@link SessionTarget.namesRoutes} that a route it was asked about is gone. */
  routeGone(status: TopicStatus): void;
}

/** A connected node as the router sees it. */
export interface PeerTarget {
  /** Node ID, 128 lower-case hex digits. */
  readonly nodeId: string;
  /** True once the peer said that it speaks our deadline and error extensions. */
  readonly extended: boolean;
  /**
   * Queues an AMOP request under `peerSeq`; false when the peer is gone and nothing was sent.
   *
   * @param hint above 0: time left in ms; below 0: minus the {@link Origin.applicationMark} of a sender
   *   that named no time; 0: neither is known
   * @param publisher sender of a message on a private topic, as {@link PeerTarget.sendGrants} numbers
   *   it; 0 for all other topics
   */
  sendRequest(frame: ChannelFrame, peerSeq: number, hint: number, publisher: number): boolean;
  /** Queues an AMOP multicast; false when the peer is gone. `publisher` as for a request. */
  sendMulticast(frame: ChannelFrame, peerSeq: number, publisher: number): boolean;
  /** True once the peer said that it delivers messages on private topics by grants. */
  readonly takesGrants: boolean;
  /** Queues grants for it; only with {@link PeerTarget.takesGrants}. */
  sendGrants(grants: PeerGrants): void;
}

/** Why a request ended without an answer, before it is put into the form its sender understands. */
export interface Failure {
  /** Result code of the wire: 100, 103, 104 or 105. */
  readonly code: number;
  readonly detail: ErrorDetail;
}

/**
 * Whoever asked: a local session or a peer. It gets exactly one of the two calls per request, and
 * ignores them when it is gone.
 */
export interface Origin {
  /** Id of the session or peer: it is not chosen as receiver of its own request unless it is alone. */
  readonly id: number;
  /**
   * 1 to 2^31-1, the same for all connections of one application; 0 when that is not known, or when the
   * application tells its own requests from their answers.
   */
  readonly applicationMark: number;
  /** What it has in flight; a fresh one per session or peer connection. */
  readonly load: OriginLoad;
  /**
   * Passes the answer on.
   *
   * @param request the request frame as it came in; the answer takes its seq
   * @param token the `token` given with the request (the p2p seq for a peer, 0 for a session)
   * @param answer a 0x31 frame as the subscriber made it
   */
  respond(request: ChannelFrame, token: number, answer: ChannelFrame): void;
  fail(request: ChannelFrame, token: number, failure: Failure): void;
}
