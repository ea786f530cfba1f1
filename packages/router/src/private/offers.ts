import type { TopicName } from '@amop/codec';
import { MAX_ROUTES_PER_PLACE } from './limits.ts';
import type { OfferedRoute } from './verification.ts';

const NOBODY: readonly never[] = [];

/** Every challenge route that is listed, by the node that lists it and the topic it is for. */
export class Offers {
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

  /** Every route that one node lists. */
  *from(place: string): Generator<OfferedRoute> {
    for (const routes of this.#places.get(place)?.values() ?? NOBODY) yield* routes.values();
  }

  /** The new entry; the known one of a route that is there; undefined when there are too many. */
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
    if (routes.size >= MAX_ROUTES_PER_PLACE) return undefined;
    const offer: OfferedRoute = { place, payload, route, verifications: new Map() };
    routes.set(route, offer);
    return offer;
  }

  remove({ payload, place, route }: OfferedRoute): void {
    const topics = this.#places.get(place);
    const routes = topics?.get(payload);
    routes?.delete(route);
    if (routes?.size === 0) topics?.delete(payload);
    if (topics?.size === 0) this.#places.delete(place);
  }
}
