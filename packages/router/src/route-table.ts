import type { PeerEndpoint, SessionEndpoint } from './pending.ts';
import { TopicRoutes } from './topic-routes.ts';

/**
 * Topic index: who receives a topic.
 *
 * One hash lookup by topic, whatever the number of sessions, peers and topics (D-21).
 */
export class RouteTable {
  readonly #topics: Map<string, TopicRoutes> = new Map();

  /** Number of topics that have at least one receiver. */
  get size(): number {
    return this.#topics.size;
  }

  get(topic: string): TopicRoutes | undefined {
    return this.#topics.get(topic);
  }

  /** Every topic with its receivers, in the order in which they came. */
  entries(): IterableIterator<[topic: string, routes: TopicRoutes]> {
    return this.#topics.entries();
  }

  addSession(topic: string, session: SessionEndpoint): void {
    this.#routes(topic).addSession(session);
  }

  removeSession(topic: string, session: SessionEndpoint): void {
    const routes = this.#topics.get(topic);
    routes?.removeSession(session);
    if (routes?.isEmpty) this.#topics.delete(topic);
  }

  /** Sets for how many subscribers of `topic` a peer stands; 0 removes it. */
  setPeer(topic: string, peer: PeerEndpoint, weight: number): void {
    if (weight <= 0 && !this.#topics.has(topic)) return;
    const routes = this.#routes(topic);
    routes.setPeer(peer, weight);
    if (routes.isEmpty) this.#topics.delete(topic);
  }

  #routes(topic: string): TopicRoutes {
    let routes = this.#topics.get(topic);
    if (routes === undefined) {
      routes = new TopicRoutes();
      this.#topics.set(topic, routes);
    }
    return routes;
  }
}
