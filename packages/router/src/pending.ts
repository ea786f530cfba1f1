import type { ChannelFrame, ErrorDetail } from '@amop/codec';
import { WheelEntry } from '@amop/ports';
import type { Origin, PeerTarget, SessionTarget } from './target.ts';

/** Seqs that a session is remembered to owe an answer for: those beyond are forgotten, the oldest first. */
const MAX_OWED = 64;

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
  /** Seqs of requests that nobody waits for any more and that it has not answered. */
  readonly #owed: Set<string> = new Set();

  constructor(id: number, target: SessionTarget) {
    this.id = id;
    this.target = target;
  }

  /**
   * Whether another request must not be pushed under this seq: the answer to the one before may still come, and would
   * be taken for its own. Only an original SDK that counts its seqs from 1 makes two senders meet so.
   */
  isTaken(key: string): boolean {
    return this.pending.has(key) || this.#owed.has(key);
  }

  /** Nobody waits for its answer under this seq any more. */
  giveUp(key: string): void {
    this.pending.delete(key);
    this.#owed.add(key);
    if (this.#owed.size <= MAX_OWED) return;
    const [oldest] = this.#owed;
    if (oldest !== undefined) this.#owed.delete(oldest);
  }

  /** The answer came for which nobody waited. */
  answeredLate(key: string): void {
    this.#owed.delete(key);
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
  /** Who may receive a message on a private topic; undefined for all other topics. */
  readonly audience: number | undefined;
  /** Nodes that it may go to, by ID; undefined: to any. */
  readonly places: ReadonlySet<string> | undefined;
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
  readonly audience: number | undefined;
  readonly places: ReadonlySet<string> | undefined;
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
    this.audience = options.audience;
    this.places = options.places;
  }
}
