import type { ChannelFrame, ErrorDetail } from '@amop/codec';
import { WheelEntry } from '@amop/ports';
import type { Origin, PeerTarget, SessionTarget } from './target.ts';

/**
 * A local session with the requests that it has been given and not answered.
 *
 * Pending requests live with the receiver, by the seq they were pushed under: an answer counts only
 * on the session that was asked (D-30), and a lost session finds its requests without a search.
 */
export class SessionEndpoint {
  readonly kind = 'session';
  /** Unique among sessions and peers of one router. */
  readonly id: number;
  readonly target: SessionTarget;
  readonly pending: Map<string, PendingRequest> = new Map();
  /** As {@link Origin.applicationMark}; set by the owner when it knows. */
  applicationMark = 0;

  constructor(id: number, target: SessionTarget) {
    this.id = id;
    this.target = target;
  }
}

/** A peer with the requests that it has been given and not answered, by p2p seq. */
export class PeerEndpoint {
  readonly kind = 'peer';
  /** Unique among sessions and peers of one router. */
  readonly id: number;
  readonly target: PeerTarget;
  readonly pending: Map<number, PendingRequest> = new Map();

  constructor(id: number, target: PeerTarget) {
    this.id = id;
    this.target = target;
  }
}

/** Where the current attempt of a request went. */
export type Attempt =
  | { readonly kind: 'session'; readonly endpoint: SessionEndpoint; readonly key: string }
  | { readonly kind: 'peer'; readonly endpoint: PeerEndpoint; readonly key: number };

/** What a request needs to know of its sender. */
export interface RequestOptions {
  readonly origin: Origin;
  readonly frame: ChannelFrame;
  readonly topic: string;
  /** Given back to the origin with the outcome: the p2p seq of a peer, 0 for a session. */
  readonly token: number;
  /** A request that came from a peer is answered by local sessions only. */
  readonly fromPeer: boolean;
  /** Monotonic ms at which it came in. */
  readonly startedMs: number;
  /** Monotonic ms at which the request ends, whatever happens. */
  readonly deadlineMs: number;
  /** True when the sender named the deadline: then a request that may have arrived is not sent again. */
  readonly once: boolean;
  /** Application that a peer passes the request on for; 0 when it is not known. */
  readonly senderMark: number;
}

/**
 * One request on its way through this node, from the moment it is accepted until its one outcome.
 *
 * The frame is a view on the bytes that came in: kept for a second attempt and for the echo that
 * code 104 owes to an original sender.
 */
export class PendingRequest extends WheelEntry {
  readonly origin: Origin;
  readonly frame: ChannelFrame;
  readonly topic: string;
  readonly token: number;
  readonly fromPeer: boolean;
  readonly startedMs: number;
  readonly deadlineMs: number;
  readonly once: boolean;
  readonly senderMark: number;
  /** Ids of receivers that were tried; undefined until the first attempt failed. */
  tried: number[] | undefined = undefined;
  /** Bytes that the limits count for it. */
  chargedBytes = 0;
  attempt: Attempt | undefined = undefined;
  /** Monotonic ms at which the current attempt was made. */
  attemptedMs = 0;
  /** An attempt ended so that the handler may have run. */
  maybeDelivered = false;
  /** Some receiver was reached and gave no answer: the outcome is 104 rather than 100. */
  unanswered = false;

  /** What the last peer said of its failure; undefined for originals, which say nothing. */
  peerDetail: ErrorDetail | undefined = undefined;

  constructor(options: RequestOptions) {
    super();
    this.origin = options.origin;
    this.frame = options.frame;
    this.topic = options.topic;
    this.token = options.token;
    this.fromPeer = options.fromPeer;
    this.startedMs = options.startedMs;
    this.deadlineMs = options.deadlineMs;
    this.once = options.once;
    this.senderMark = options.senderMark;
  }
}
