import type { ChannelFrame, DuplicateWindow } from '@amop/codec';
import type { RouterCounters } from './counters.ts';
import { isRoutable } from './routable.ts';
import type { RouteTable } from './route-table.ts';

/** Collaborators of {@link MulticastRouter}. */
export interface MulticastDependencies {
  readonly routes: RouteTable;
  readonly window: DuplicateWindow;
  readonly counters: RouterCounters;
  /** A p2p seq that no request of this process uses. */
  readonly nextPeerSeq: () => number;
}

/**
 * Multicast: every local session of the topic once, and every peer that listens to it once.
 *
 * A copy of a multicast that came in through another session shortly before is dropped: an original
 * Java publisher sends through every node that it knows, with one seq (D-19).
 */
export class MulticastRouter {
  readonly #deps: MulticastDependencies;

  constructor(dependencies: MulticastDependencies) {
    this.#deps = dependencies;
  }

  /**
   * Delivers `frame`.
   *
   * @param sourceId id of the session or peer it came from; a session receives its own multicast, as
   *   in the original
   * @param fromPeer a multicast from a peer goes to local sessions only
   * @returns number of sessions and peers that it was queued for
   */
  multicast(
    sourceId: number,
    frame: ChannelFrame,
    topic: string,
    fromPeer: boolean,
    nowMs: number,
  ): number {
    const { counters, nextPeerSeq, routes, window } = this.#deps;
    counters.multicasts++;
    const topicRoutes = isRoutable(topic) ? routes.get(topic) : undefined;
    if (topicRoutes === undefined) return 0;
    if (window.isDuplicate(frame, sourceId, nowMs)) {
      counters.multicastDuplicates++;
      return 0;
    }
    let deliveries = 0;
    const { peers, sessions } = topicRoutes;
    for (let index = sessions.length - 1; index >= 0; index--) {
      if (sessions[index]?.target.pushMulticast(frame)) deliveries++;
    }
    if (!fromPeer && peers.length > 0) {
      const peerSeq = nextPeerSeq();
      for (let index = peers.length - 1; index >= 0; index--) {
        if (peers[index]?.target.sendMulticast(frame, peerSeq)) deliveries++;
      }
    }
    counters.multicastDeliveries += deliveries;
    return deliveries;
  }
}
