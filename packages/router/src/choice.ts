import type { PeerEndpoint, SessionEndpoint } from './pending.ts';
import type { TopicRoutes } from './topic-routes.ts';

/** Draws before a choice among few remaining candidates falls back to listing them. */
const MAX_DRAWS = 4;

/** Who is not to be drawn. */
export interface Exclusion {
  /** Id of the sender: drawn only when nobody else is left (D-14). */
  readonly senderId: number;
  /** Ids that were tried already. */
  readonly tried: readonly number[] | undefined;
  /** Only local sessions are candidates: the request came from a peer. */
  readonly localOnly: boolean;
  /** Nodes that are candidates, by ID; undefined: all. */
  readonly places?: ReadonlySet<string> | undefined;
  /** This node's own ID. */
  readonly ownPlace?: string;
}

/**
 * Draws one receiver of a topic, uniformly over subscribers (D-15).
 *
 * A first attempt costs one draw; only after failures, or when the sender itself was drawn, the
 * remaining candidates are listed.
 *
 * @param below source of uniform integers in [0, limit)
 * @returns undefined when nobody is left
 */
export function choose(
  routes: TopicRoutes,
  exclusion: Exclusion,
  below: (limit: number) => number,
): SessionEndpoint | PeerEndpoint | undefined {
  const weight = exclusion.localOnly ? routes.sessions.length : routes.weight;
  for (let draw = 0; draw < MAX_DRAWS && weight > 0; draw++) {
    const drawn = at(routes, below(weight));
    if (drawn === undefined || isExcluded(drawn.id, exclusion)) continue;
    if (isElsewhere(drawn, exclusion)) continue;
    return drawn;
  }
  return chooseAmongRest(routes, exclusion, below);
}

function at(routes: TopicRoutes, index: number): SessionEndpoint | PeerEndpoint | undefined {
  const session = routes.sessions[index];
  if (session !== undefined) return session;
  let rest = index - routes.sessions.length;
  for (let peer = 0; peer < routes.peers.length; peer++) {
    rest -= routes.weightAt(peer);
    if (rest < 0) return routes.peers[peer];
  }
  return undefined;
}

function isExcluded(id: number, exclusion: Exclusion): boolean {
  return id === exclusion.senderId || exclusion.tried?.includes(id) === true;
}

function isElsewhere(
  drawn: SessionEndpoint | PeerEndpoint,
  { ownPlace = '', places }: Exclusion,
): boolean {
  if (places === undefined) return false;
  return !places.has(drawn.kind === 'peer' ? drawn.target.nodeId : ownPlace);
}

function chooseAmongRest(
  routes: TopicRoutes,
  exclusion: Exclusion,
  below: (limit: number) => number,
): SessionEndpoint | PeerEndpoint | undefined {
  const tried = new Set(exclusion.tried);
  const { ownPlace = '', places } = exclusion;
  const isHere = places === undefined || places.has(ownPlace);
  const sessions = routes.sessions.filter(
    ({ id }) => isHere && id !== exclusion.senderId && !tried.has(id),
  );
  let weight = sessions.length;
  const peers: [PeerEndpoint, number][] = [];
  if (!exclusion.localOnly) {
    routes.peers.forEach((peer, index) => {
      if (tried.has(peer.id) || places?.has(peer.target.nodeId) === false) return;
      peers.push([peer, routes.weightAt(index)]);
      weight += routes.weightAt(index);
    });
  }
  if (weight === 0) {
    if (!isHere || tried.has(exclusion.senderId)) return undefined;
    return senderItself(routes, exclusion);
  }
  const index = below(weight);
  const session = sessions[index];
  if (session !== undefined) return session;
  let rest = index - sessions.length;
  for (const [peer, peerWeight] of peers) {
    rest -= peerWeight;
    if (rest < 0) return peer;
  }
  return undefined;
}

function senderItself(routes: TopicRoutes, exclusion: Exclusion): SessionEndpoint | undefined {
  return routes.sessions[routes.positionOf(exclusion.senderId)];
}
