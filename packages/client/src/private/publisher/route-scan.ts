import {
  type ChallengeRoute,
  type PeerInfo,
  parseChallengeRoute,
  type TopicName,
} from '@amop/codec';
import type { Clock, Logger } from '@amop/ports';
import { queryNodeInfo, queryPeers } from '../../link/node-query.ts';
import type { PublisherLink } from './publisher-link.ts';

const SCAN_TIMEOUT_MS = 5_000;
const NODE_ID = /^[0-9a-f]{128}$/;

/** What an original node lists of one topic at one node. */
export interface ListedNode {
  readonly nodeId: string;
  readonly routes: readonly ChallengeRoute[];
  /** Whether what is sent on the topic goes there. */
  readonly sendsTopic: boolean;
}

/** Told what a node lists, topic by topic. */
type ScanReceiver = (
  link: PublisherLink,
  lists: ReadonlyMap<TopicName, readonly ListedNode[]>,
  sinceMs: number,
) => void;

/** Collaborators of {@link RouteScan}. */
export interface RouteScanDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly receive: ScanReceiver;
}

/**
 * Looks for challenge routes in what original nodes list: they ask for one route of each node only.
 * One look at a time for each connection.
 */
export class RouteScan {
  readonly #deps: RouteScanDependencies;
  readonly #running = new Set<PublisherLink>();

  constructor(dependencies: RouteScanDependencies) {
    this.#deps = dependencies;
  }

  /** Looks, unless it is looking. */
  start(link: PublisherLink): void {
    if (this.#running.has(link) || !link.line.open) return;
    this.#running.add(link);
    const { clock, logger, receive } = this.#deps;
    const sinceMs = clock.nowMs();
    this.#look(link)
      .finally(() => this.#running.delete(link))
      .then((lists) => receive(link, lists, sinceMs))
      .catch((error: unknown) => {
        const { node } = link.line;
        logger.debug({ node, error }, 'looking for routes of private topics failed');
      });
  }

  async #look(link: PublisherLink): Promise<Map<TopicName, ListedNode[]>> {
    const [own, peers] = await Promise.all([
      queryNodeInfo(link.ask, SCAN_TIMEOUT_MS),
      queryPeers(link.ask, SCAN_TIMEOUT_MS),
    ]);
    return listByTopic([own, ...peers]);
  }
}

function listByTopic(nodes: readonly PeerInfo[]): Map<TopicName, ListedNode[]> {
  const lists = new Map<TopicName, ListedNode[]>();
  for (const { NodeID: nodeId, Topic: topics } of nodes) {
    if (!NODE_ID.test(nodeId)) continue;
    for (const [payload, routes] of routesByTopic(topics)) {
      const listed = { nodeId, routes, sendsTopic: topics.includes(payload) };
      const list = lists.get(payload);
      if (list === undefined) lists.set(payload, [listed]);
      else list.push(listed);
    }
  }
  return lists;
}

function routesByTopic(topics: readonly string[]): Map<TopicName, ChallengeRoute[]> {
  const routes = new Map<TopicName, ChallengeRoute[]>();
  for (const topic of topics) {
    const route = parseChallengeRoute(topic);
    if (route === undefined) continue;
    const list = routes.get(route.payload);
    if (list === undefined) routes.set(route.payload, [route]);
    else list.push(route);
  }
  return routes;
}
