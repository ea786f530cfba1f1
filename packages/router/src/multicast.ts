import type { ChannelFrame, DuplicateWindow } from '@amop/codec';
import type { RouterCounters } from './counters.ts';
import type { RouteObserver } from './observer.ts';
import type { PeerEndpoint, SessionEndpoint } from './pending.ts';
import type { PrivateRoutes } from './private/private-routes.ts';
import { isRoutable } from './routable.ts';
import type { RouteTable } from './route-table.ts';
import type { TopicRoutes } from './topic-routes.ts';

/** Collaborators of {@link MulticastRouter}. */
export interface MulticastDependencies {
  readonly routes: RouteTable;
  readonly privateRoutes: PrivateRoutes;
  readonly window: DuplicateWindow;
  readonly counters: RouterCounters;
  readonly observer: RouteObserver | undefined;
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
   * @param audience who may receive it, on a private topic; undefined on all others
   * @returns number of sessions and peers that it was queued for
   */
  multicast(
    sourceId: number,
    frame: ChannelFrame,
    topic: string,
    fromPeer: boolean,
    nowMs: number,
    audience?: number,
  ): number {
    const { observer, window } = this.#deps;
    const counters = this.#deps.counters.multicasts[fromPeer ? 'peer' : 'application'];
    counters.received++;
    counters.receivedBytes += frame.bytes.length;
    const topicRoutes = this.#routesOf(topic, audience);
    const isDuplicate = topicRoutes !== undefined && window.isDuplicate(frame, sourceId, nowMs);
    if (isDuplicate) counters.duplicates++;
    let toApplications = 0;
    let toPeers = 0;
    if (topicRoutes !== undefined && !isDuplicate) {
      toApplications = pushToAll(topicRoutes.sessions, frame);
      if (!fromPeer) toPeers = this.#sendToAll(topicRoutes.peers, frame, audience ?? 0);
    }
    counters.toApplications += toApplications;
    counters.toPeers += toPeers;
    observer?.multicast(sourceId, frame, topic, { toApplications, toPeers, isDuplicate });
    return toApplications + toPeers;
  }

  #routesOf(topic: string, audience: number | undefined): TopicRoutes | undefined {
    const { privateRoutes, routes } = this.#deps;
    if (audience !== undefined) return privateRoutes.get(topic, audience);
    return isRoutable(topic) ? routes.get(topic) : undefined;
  }

  #sendToAll(peers: readonly PeerEndpoint[], frame: ChannelFrame, publisher: number): number {
    if (peers.length === 0) return 0;
    const peerSeq = this.#deps.nextPeerSeq();
    let sent = 0;
    for (let index = peers.length - 1; index >= 0; index--) {
      if (peers[index]?.target.sendMulticast(frame, peerSeq, publisher)) sent++;
    }
    return sent;
  }
}

/** From the last to the first: a session that is cut on the way leaves the list. */
function pushToAll(sessions: readonly SessionEndpoint[], frame: ChannelFrame): number {
  let pushed = 0;
  for (let index = sessions.length - 1; index >= 0; index--) {
    if (sessions[index]?.target.pushMulticast(frame)) pushed++;
  }
  return pushed;
}
