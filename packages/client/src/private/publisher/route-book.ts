import type { TopicName } from '@amop/codec';
import { KnownRoute } from './known-route.ts';

/** Routes of one topic that are remembered. */
const MAX_ROUTES = 1_000;

/**
 * The routes of one topic, each with the node that lists it: a node that lists the route of another
 * node's subscriber cannot spoil what that one has proved.
 */
export class RouteBook {
  readonly #routes = new Map<string, KnownRoute>();

  /** All of them, oldest first. */
  get all(): Iterable<KnownRoute> {
    return this.#routes.values();
  }

  /** How many there are. */
  get size(): number {
    return this.#routes.size;
  }

  /** The route at that node, if it is known. */
  get(name: TopicName, nodeId: string): KnownRoute | undefined {
    return this.#routes.get(keyOf(name, nodeId));
  }

  /**
   * The route at that node, known from now on. Where there are too many, one that has proved nothing
   * makes room; undefined when there is none.
   */
  add(name: TopicName, id: string, nodeId: string): KnownRoute | undefined {
    const key = keyOf(name, nodeId);
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    if (this.#routes.size >= MAX_ROUTES && !this.#makeRoom()) return undefined;
    const route = new KnownRoute(name, id, nodeId);
    this.#routes.set(key, route);
    return route;
  }

  /**
   * Whether the route is proven at another node, by the bound proof: its owner is connected there and
   * nowhere else, for it makes another route for each connection.
   */
  isProvenElsewhere({ nodeId, topic }: KnownRoute, nowMs: number): boolean {
    for (const other of this.#routes.values()) {
      if (other.topic.name !== topic.name || other.nodeId === nodeId) continue;
      if (other.proof?.seal !== undefined && nowMs < other.proof.expiresMs) return true;
    }
    return false;
  }

  /** Whether it is still this one that is known. */
  has(route: KnownRoute): boolean {
    return this.get(route.topic.name, route.nodeId) === route;
  }

  /** Forgets a route. */
  remove(route: KnownRoute): void {
    this.#routes.delete(keyOf(route.topic.name, route.nodeId));
  }

  /** Forgets everything. */
  clear(): void {
    this.#routes.clear();
  }

  #makeRoom(): boolean {
    for (const route of this.#routes.values()) {
      if (route.proof !== undefined || route.proving) continue;
      this.remove(route);
      return true;
    }
    return false;
  }
}

function keyOf(name: TopicName, nodeId: string): string {
  return nodeId + name;
}
