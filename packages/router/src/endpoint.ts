import type { PendingRequest } from './pending-request.ts';
import type { PeerTarget, SessionTarget } from './target.ts';

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
