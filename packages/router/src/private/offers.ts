import type { TopicName } from '@amop/codec';
import { MAX_ROUTES_PER_PLACE } from './limits.ts';
import type { OfferedRoute } from './verification.ts';

const NOBODY: readonly never[] = [];

/** Every challenge route that is listed, by the node that lists it and the topic it is for. */
export class Offers {
  /** Routes that were one too many, by node and topic: names that the route table holds anyway. */
  readonly #spare: Map<string, Set<TopicName>> = new Map();
  readonly #places: Map<string, Map<TopicName, Map<TopicName, OfferedRoute>>> = new Map();

  get(place: string, payload: TopicName, route: TopicName): OfferedRoute | undefined {
    return this.#places.get(place)?.get(payload)?.get(route);
  }

  /** Routes of a topic at one node. */
  at(place: string, payload: TopicName): Iterable<OfferedRoute> {
    return this.#places.get(place)?.get(payload)?.values() ?? NOBODY;
  }

  /** Routes of a topic at all nodes. */
  *of(payload: TopicName): Generator<OfferedRoute> {
    for (const topics of this.#places.values()) yield* topics.get(payload)?.values() ?? NOBODY;
  }

  /** One route of a topic, at each node that lists it. */
  *named(payload: TopicName, route: TopicName): Generator<OfferedRoute> {
    for (const topics of this.#places.values()) {
      const offer = topics.get(payload)?.get(route);
      if (offer !== undefined) yield offer;
    }
  }

  /** Topics of which any node lists a route. */
  payloads(): Set<TopicName> {
    const payloads = new Set<TopicName>();
    for (const topics of this.#places.values())
      for (const payload of topics.keys()) payloads.add(payload);
    return payloads;
  }

  /** Every route that one node lists. */
  *from(place: string): Generator<OfferedRoute> {
    for (const routes of this.#places.get(place)?.values() ?? NOBODY) yield* routes.values();
  }

  /**
   * The new entry; the known one of a route that is there; undefined when there are too many: it waits
   * for {@link Offers.takeSpare}.
   */
  add(place: string, payload: TopicName, route: TopicName): OfferedRoute | undefined {
    let topics = this.#places.get(place);
    if (topics === undefined) {
      topics = new Map();
      this.#places.set(place, topics);
    }
    let routes = topics.get(payload);
    if (routes === undefined) {
      routes = new Map();
      topics.set(payload, routes);
    }
    const known = routes.get(route);
    if (known !== undefined) return known;
    if (routes.size >= MAX_ROUTES_PER_PLACE) {
      const key = `${place} ${payload}`;
      const spare = this.#spare.get(key);
      if (spare === undefined) this.#spare.set(key, new Set([route]));
      else spare.add(route);
      return undefined;
    }
    const offer: OfferedRoute = { place, payload, route, verifications: new Map() };
    routes.set(route, offer);
    return offer;
  }

  /** A route that was one too many, for which there may be room now. */
  takeSpare(place: string, payload: TopicName): TopicName | undefined {
    for (const route of this.#spare.get(`${place} ${payload}`) ?? NOBODY) {
      this.dropSpare(place, payload, route);
      return route;
    }
    return undefined;
  }

  /** A route that was one too many is not listed any more. */
  dropSpare(place: string, payload: TopicName, route: TopicName): void {
    const key = `${place} ${payload}`;
    const spare = this.#spare.get(key);
    spare?.delete(route);
    if (spare?.size === 0) this.#spare.delete(key);
  }

  remove({ payload, place, route }: OfferedRoute): void {
    const topics = this.#places.get(place);
    const routes = topics?.get(payload);
    routes?.delete(route);
    if (routes?.size === 0) topics?.delete(payload);
    if (topics?.size === 0) this.#places.delete(place);
  }
}
