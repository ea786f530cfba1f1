import type { TopicName } from '@amop/codec';
import type { Random } from '@amop/ports';
import { KnownRoute, type RouteHistory } from './known-route.ts';
import { largestCrowd, leastHopeful } from './route-crowd.ts';

/** Routes of one topic that are remembered. */
const MAX_ROUTES = 1_000;

/** Of these, at one node, such that have proved nothing. */
const MAX_UNPROVEN_AT_NODE = 256;

/** Routes that had to go and whose failures are kept in mind: what four nodes may list. */
const MAX_HISTORIES = 4_096;

/**
 * The routes of one topic, each with the node that lists it: a node that lists the route of another
 * node's subscriber cannot spoil what that one has proved.
 */
export class RouteBook {
  readonly #routes = new Map<string, KnownRoute>();
  readonly #histories = new Map<string, RouteHistory>();
  readonly #random: Random;

  constructor(dependencies: { readonly random: Random }) {
    this.#random = dependencies.random;
  }

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
   * The route at that node, known from now on. Where there are too many at this node, one there that
   * has proved nothing makes room; where there are too many of all, one at the node with most of them.
   * Undefined when there is none, or none that has failed as often as this one.
   */
  add(name: TopicName, id: string, nodeId: string): KnownRoute | undefined {
    const key = keyOf(name, nodeId);
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    const history = this.#histories.get(key);
    if (!this.#makeRoom(nodeId, history?.failures ?? 0)) return undefined;
    const route = new KnownRoute(name, id, nodeId);
    if (history !== undefined) route.recall(history);
    this.#histories.delete(key);
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
    this.#histories.clear();
  }

  #makeRoom(nodeId: string, failures: number): boolean {
    const unproven = [...this.#routes.values()].filter((route) => route.proof === undefined);
    const here = unproven.filter((route) => route.nodeId === nodeId);
    if (here.length >= MAX_UNPROVEN_AT_NODE) return this.#giveUp(here, failures);
    if (this.#routes.size < MAX_ROUTES) return true;
    const crowd = largestCrowd(unproven);
    // A crowd at another node has no claim on what is for all of them.
    return this.#giveUp(crowd, crowd[0]?.nodeId === nodeId ? failures : 0);
  }

  #giveUp(crowd: readonly KnownRoute[], failures: number): boolean {
    const route = leastHopeful(crowd, failures, this.#random);
    if (route === undefined) return false;
    this.remove(route);
    const { history } = route;
    if (history === undefined) return true;
    const [oldest] = this.#histories.keys();
    if (oldest !== undefined && this.#histories.size >= MAX_HISTORIES) {
      this.#histories.delete(oldest);
    }
    this.#histories.set(keyOf(route.topic.name, route.nodeId), history);
    return true;
  }
}

function keyOf(name: TopicName, nodeId: string): string {
  return nodeId + name;
}
