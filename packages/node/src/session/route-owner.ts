import { parseChallengeRoute, type RefusedTopic, type TopicName } from '@amop/codec';
import type { SessionEndpoint } from '@amop/router';
import type { NodeContext } from '../node-context.ts';
import type { Party } from '../sight/party.ts';

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
 */
export function claimRoutes(
  endpoint: SessionEndpoint,
  wanted: readonly TopicName[],
  { parties, router }: Pick<NodeContext, 'parties' | 'router'>,
): RouteClaims {
  const topics: TopicName[] = [];
  const refused: RefusedTopic[] = [];
  const takenOver: [SessionEndpoint, TopicName][] = [];
  for (const topic of wanted) {
    const owner = parseChallengeRoute(topic) && router.sessionsOf(topic).find(isOther);
    if (owner === undefined) {
      topics.push(topic);
    } else if (certificateOf(parties.get(owner.id)) === certificateOf(parties.get(endpoint.id))) {
      topics.push(topic);
      takenOver.push([owner, topic]);
    } else {
      refused.push({ topic, reason: 'route-taken' });
    }
  }
  return { topics, refused, takenOver };

  function isOther(session: SessionEndpoint): boolean {
    return session !== endpoint;
  }
}

function certificateOf(party: Party | undefined): string | undefined {
  return party?.kind === 'application' ? party.certificate : undefined;
}
