import {
  ChannelType,
  encodeTopicStatus,
  NO_REPLY_SEQ,
  ResultCode,
  type TopicName,
} from '@amop/codec';
import type { Clock } from '@amop/ports';
import type { KnownRoute } from './known-route.ts';
import type { PublisherLink } from './publisher-link.ts';
import type { ProofMode } from './topic-options.ts';

const PROVEN = 0;
const NOT_PROVEN = 1;

/** Nodes that are remembered for each original node. */
const MAX_NODES = 1_000;

/** What an original node has asked and been told about one topic, by the nodes of the subscribers. */
interface OriginalState {
  readonly asked: Set<string>;
  /** Nodes that it sends the topic to, and since when that is known (`clock.nowMs()`). */
  open: Map<string, number>;
}

/**
 * What the nodes are told of one topic (0x38), and what follows from it for who gets what is sent on
 * the topic.
 *
 * A node of ours is told about each route. An original node knows only nodes: the first proof there
 * opens the topic for all of it, and a 1 would close it for good and for everybody, so it is never
 * told one (spec 10.2).
 */
export class Verdicts {
  readonly #topic: TopicName;
  readonly #mode: ProofMode;
  readonly #clock: Clock;
  readonly #originals = new Map<PublisherLink, OriginalState>();

  constructor(
    options: { readonly topic: TopicName; readonly proof: ProofMode },
    dependencies: { readonly clock: Clock },
  ) {
    this.#topic = options.topic;
    this.#mode = options.proof;
    this.#clock = dependencies.clock;
  }

  /** The node of `link` asked about a route. */
  asked(link: PublisherLink, nodeId: string): void {
    if (link.line.grants) return;
    const { asked } = this.#stateOf(link);
    if (asked.size < MAX_NODES) asked.add(nodeId);
  }

  /** Whether an original node waits to be told about that node, or sends the topic to it. */
  isConcerned(link: PublisherLink, nodeId: string): boolean {
    const state = this.#originals.get(link);
    return state !== undefined && (state.asked.has(nodeId) || state.open.has(nodeId));
  }

  /** The owner of the route has proved a key: it may have what is sent on the topic. */
  grant(link: PublisherLink, route: KnownRoute): void {
    // With both kinds of subscribers the topic carries plain text, for the original ones only.
    if (this.#mode === 'either' && route.proof?.seal !== undefined) {
      this.deny(link, route);
      return;
    }
    if (link.line.grants) {
      this.#tell(link, route, PROVEN);
      route.granted.add(link);
      return;
    }
    const state = this.#originals.get(link);
    if (state === undefined || !state.asked.delete(route.nodeId)) return;
    this.#tell(link, route, PROVEN);
    state.open.set(route.nodeId, this.#clock.nowMs());
  }

  /** An original node asked about the first route of a node; any other one there opens it as well. */
  grantOriginal(link: PublisherLink, route: KnownRoute): void {
    if (!link.line.grants) this.grant(link, route);
  }

  /** It may not, or no longer. */
  deny(link: PublisherLink, route: KnownRoute): void {
    route.granted.delete(link);
    if (link.line.grants) this.#tell(link, route, NOT_PROVEN);
  }

  /** What is sent on the topic over `link` reaches the owner of the route. */
  reaches(link: PublisherLink, route: KnownRoute): boolean {
    if (!route.links.has(link)) return false;
    if (link.line.grants) return route.granted.has(link);
    // Its own sessions need no proof there (D-11).
    if (link.nodeId === route.nodeId) return true;
    return this.#originals.get(link)?.open.has(route.nodeId) ?? false;
  }

  /**
   * The list of an original node shows to which nodes it sends the topic (spec 19).
   *
   * @param sinceMs when it was asked: what it was told since then it may not show yet
   */
  listed(link: PublisherLink, nodeIds: readonly string[], sinceMs: number): void {
    const state = this.#stateOf(link);
    const open = new Map(nodeIds.map((nodeId) => [nodeId, sinceMs]));
    for (const [nodeId, toldMs] of state.open) if (toldMs >= sinceMs) open.set(nodeId, toldMs);
    state.open = open;
  }

  /** A connection is over. */
  linkLost(link: PublisherLink): void {
    this.#originals.delete(link);
  }

  #stateOf(link: PublisherLink): OriginalState {
    let state = this.#originals.get(link);
    if (state === undefined) {
      state = { asked: new Set(), open: new Map() };
      this.#originals.set(link, state);
    }
    return state;
  }

  #tell(link: PublisherLink, route: KnownRoute, checkResult: number): void {
    const { line } = link;
    if (!line.open) return;
    const status = { checkResult, nodeId: route.nodeId, topic: this.#topic };
    const data = encodeTopicStatus(
      line.grants ? { ...status, topicForCert: route.topic.name } : status,
    );
    line.sendFrame(ChannelType.topicStatus, NO_REPLY_SEQ, ResultCode.ok, data);
  }
}
