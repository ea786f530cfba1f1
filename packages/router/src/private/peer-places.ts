import { MAX_GRANTS_PER_FRAME, NO_GRANTS, type PeerGrant, type TopicName } from '@amop/codec';
import type { PeerEndpoint } from '../pending.ts';
import type { PrivateRoutes } from './private-routes.ts';
import type { Verification } from './verification.ts';

/** One node that is connected, and what publishers here have granted to its subscribers. */
interface Place {
  endpoint: PeerEndpoint;
  /** Proven routes by topic and audience. */
  readonly counts: Map<TopicName, Map<number, number>>;
}

/**
 * Routes of private messages to other nodes, and what those are told of them.
 *
 * A node of ours hears of each grant, so that it can deliver to proven sessions alone, and stands for
 * as many subscribers as there are grants. An original one knows nothing of this: it delivers to
 * whoever subscribes, and stands for one.
 */
export class PeerPlaces {
  readonly #routes: PrivateRoutes;
  readonly #places: Map<string, Place> = new Map();

  constructor(routes: PrivateRoutes) {
    this.#routes = routes;
  }

  /** The connection of a node that carries messages. */
  endpointOf(nodeId: string): PeerEndpoint | undefined {
    return this.#places.get(nodeId)?.endpoint;
  }

  /** `endpoint` carries the messages of its node from now on; `proven` are the grants it needs to know. */
  activate(endpoint: PeerEndpoint, proven: Iterable<Verification>): void {
    const place = this.#places.get(endpoint.target.nodeId);
    if (place === undefined) {
      this.#places.set(endpoint.target.nodeId, { endpoint, counts: new Map() });
      return;
    }
    this.#each(place, (payload, audience) => {
      this.#routes.setPeer(payload, audience, place.endpoint, 0);
    });
    place.endpoint = endpoint;
    this.refresh(endpoint, proven);
  }

  /** The node has said what it is able to do. */
  refresh(endpoint: PeerEndpoint, proven: Iterable<Verification>): void {
    const place = this.#places.get(endpoint.target.nodeId);
    if (place?.endpoint !== endpoint) return;
    this.#each(place, (payload, audience, count) => {
      this.#routes.setPeer(payload, audience, endpoint, weightOf(endpoint, count));
    });
    if (!endpoint.target.takesGrants) return;
    const granted = [...proven].map(grantOf);
    for (let start = 0; start === 0 || start < granted.length; start += MAX_GRANTS_PER_FRAME) {
      const part = granted.slice(start, start + MAX_GRANTS_PER_FRAME);
      endpoint.target.sendGrants({ ...NO_GRANTS, fresh: start === 0, granted: part });
    }
  }

  /** No connection to the node is left. */
  remove(nodeId: string): void {
    const place = this.#places.get(nodeId);
    if (place === undefined) return;
    this.#each(place, (payload, audience) => {
      this.#routes.setPeer(payload, audience, place.endpoint, 0);
    });
    this.#places.delete(nodeId);
  }

  /** A publisher here is about to be asked about a route there. */
  asked(verification: Verification): void {
    const target = this.endpointOf(verification.offer.place)?.target;
    if (target?.takesGrants) target.sendGrants({ ...NO_GRANTS, asked: [grantOf(verification)] });
  }

  /** Nobody here is asked about the route any more. */
  forgotten(verification: Verification): void {
    const target = this.endpointOf(verification.offer.place)?.target;
    if (!target?.takesGrants) return;
    target.sendGrants({ ...NO_GRANTS, withdrawn: [grantOf(verification)] });
  }

  /** A publisher here has taken the proof of a route there. */
  granted(verification: Verification): void {
    const endpoint = this.#count(verification, 1);
    if (!endpoint?.target.takesGrants) return;
    endpoint.target.sendGrants({ ...NO_GRANTS, granted: [grantOf(verification)] });
  }

  /** A proof counts no more. */
  withdrawn(verification: Verification): void {
    const endpoint = this.#count(verification, -1);
    if (!endpoint?.target.takesGrants) return;
    endpoint.target.sendGrants({ ...NO_GRANTS, withdrawn: [grantOf(verification)] });
  }

  #count({ offer, publisher }: Verification, step: 1 | -1): PeerEndpoint | undefined {
    const place = this.#places.get(offer.place);
    if (place === undefined) return undefined;
    const { id: audience } = publisher.session;
    let audiences = place.counts.get(offer.payload);
    if (audiences === undefined) {
      audiences = new Map();
      place.counts.set(offer.payload, audiences);
    }
    const count = (audiences.get(audience) ?? 0) + step;
    if (count > 0) audiences.set(audience, count);
    else audiences.delete(audience);
    if (audiences.size === 0) place.counts.delete(offer.payload);
    const { endpoint } = place;
    this.#routes.setPeer(offer.payload, audience, endpoint, weightOf(endpoint, count));
    return endpoint;
  }

  #each(
    { counts }: Place,
    look: (payload: TopicName, audience: number, count: number) => void,
  ): void {
    for (const [payload, audiences] of counts) {
      for (const [audience, count] of audiences) look(payload, audience, count);
    }
  }
}

function grantOf({ offer, publisher }: Verification): PeerGrant {
  return [publisher.session.id, offer.route];
}

function weightOf(endpoint: PeerEndpoint, count: number): number {
  return endpoint.target.takesGrants ? count : Math.min(count, 1);
}
