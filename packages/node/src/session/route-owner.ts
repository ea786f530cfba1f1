import { parseChallengeRoute, type RefusedTopic, type TopicName } from '@amop/codec';
import type { SessionEndpoint } from '@amop/router';
import type { NodeContext } from '../node-context.ts';
import type { Party } from '../sight/party.ts';

/** Challenge routes of one topic that a session may own: SDKs have one, and for a moment a second one. */
const MAX_ROUTES_PER_TOPIC = 4;

/** What becomes of topics that a session asks for and another session of this node may own. */
export interface RouteClaims {
  readonly topics: readonly TopicName[];
  readonly refused: readonly RefusedTopic[];
  /** Routes with the sessions that have to give them up first. */
  readonly takenOver: readonly (readonly [SessionEndpoint, TopicName])[];
}

/**
 * A challenge route has one owner on a node (D-03): who registers somebody else's would take, or hold up,
 * his challenges.
 *
 * The same application may take its route over from a connection of its own: it has come back before the
 * node has noticed that the old one is dead. Applications are told apart by their certificates.
 *
 * Nor may one session own so many routes of a topic that publishers have no time for those of others.
 *
 * @param isWhole whether `wanted` is all that the session will own
 */
export function claimRoutes(
  endpoint: SessionEndpoint,
  wanted: readonly TopicName[],
  isWhole: boolean,
  { parties, router, table }: Pick<NodeContext, 'parties' | 'router' | 'table'>,
): RouteClaims {
  const own = table.topicsOf(endpoint.id);
  const topics: TopicName[] = [];
  const refused: RefusedTopic[] = [];
  const takenOver: [SessionEndpoint, TopicName][] = [];
  const counts = new Map<TopicName, number>();
  for (const topic of wanted) {
    const route = parseChallengeRoute(topic);
    const owner = route && router.sessionsOf(topic).find(isOther);
    if (route !== undefined && isOneTooMany(route.payload, topic)) {
      refused.push({ topic, reason: 'too-many-routes' });
    } else if (owner === undefined) {
      topics.push(topic);
    } else if (certificateOf(parties.get(owner.id)) === certificateOf(parties.get(endpoint.id))) {
      topics.push(topic);
      takenOver.push([owner, topic]);
    } else {
      refused.push({ topic, reason: 'route-taken' });
    }
  }
  return { topics, refused, takenOver };

  function isOneTooMany(payload: TopicName, topic: TopicName): boolean {
    if (own.has(topic)) return false;
    const owned = isWhole ? 0 : router.routesOwned(endpoint, payload);
    const count = (counts.get(payload) ?? owned) + 1;
    counts.set(payload, count);
    return count > MAX_ROUTES_PER_TOPIC;
  }

  function isOther(session: SessionEndpoint): boolean {
    return session !== endpoint;
  }
}

function certificateOf(party: Party | undefined): string | undefined {
  return party?.kind === 'application' ? party.certificate : undefined;
}
