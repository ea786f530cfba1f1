import type { PeerEndpoint, SessionEndpoint } from '../pending.ts';
import { TopicRoutes } from '../topic-routes.ts';

/**
 * Who receives the messages of one sender on private topics, for every sender and topic.
 *
 * An audience is the number of a sender: the id of a publisher's session here, or the one that stands
 * for a publisher at a peer. Whoever is in no audience receives nothing: there is no default.
 */
export class PrivateRoutes {
  readonly #topics: Map<string, Map<number, TopicRoutes>> = new Map();

  /** Receivers of what `audience` sends on `topic`; undefined: nobody. */
  get(topic: string, audience: number): TopicRoutes | undefined {
    return this.#topics.get(topic)?.get(audience);
  }

  addSession(topic: string, audience: number, session: SessionEndpoint): void {
    this.#routes(topic, audience).addSession(session);
  }

  removeSession(topic: string, audience: number, session: SessionEndpoint): void {
    const routes = this.get(topic, audience);
    routes?.removeSession(session);
    if (routes?.isEmpty) this.#drop(topic, audience);
  }

  /** Sets how many proven subscribers a peer stands for; 0 removes it. */
  setPeer(topic: string, audience: number, peer: PeerEndpoint, weight: number): void {
    if (weight <= 0 && this.get(topic, audience) === undefined) return;
    const routes = this.#routes(topic, audience);
    routes.setPeer(peer, weight);
    if (routes.isEmpty) this.#drop(topic, audience);
  }

  /**
   * Every receiver of a topic, whoever the sender, with the largest number it stands for.
   *
   * @param except a sender that does not count
   */
  receiversOf(topic: string, except?: number): Map<number, number> {
    const receivers = new Map<number, number>();
    for (const [audience, routes] of this.#topics.get(topic) ?? []) {
      if (audience === except) continue;
      for (const { id } of routes.sessions) receivers.set(id, 1);
      routes.peers.forEach(({ id }, index) => {
        receivers.set(id, Math.max(receivers.get(id) ?? 0, routes.weightAt(index)));
      });
    }
    return receivers;
  }

  #routes(topic: string, audience: number): TopicRoutes {
    let audiences = this.#topics.get(topic);
    if (audiences === undefined) {
      audiences = new Map();
      this.#topics.set(topic, audiences);
    }
    let routes = audiences.get(audience);
    if (routes === undefined) {
      routes = new TopicRoutes();
      audiences.set(audience, routes);
    }
    return routes;
  }

  #drop(topic: string, audience: number): void {
    const audiences = this.#topics.get(topic);
    audiences?.delete(audience);
    if (audiences?.size === 0) this.#topics.delete(topic);
  }
}
