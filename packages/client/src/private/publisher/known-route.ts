import { boundRouteVersion, type TopicName, topicNameBytes } from '@amop/codec';
import type { PublisherSeal } from '../../bound/seal/publisher-seal.ts';
import type { Topic } from '../../topic.ts';
import type { PublisherLink } from './publisher-link.ts';

/** What the owner of a route has proved; times in ms of `clock.nowMs()`. */
export interface RouteProof {
  /** The key that it holds, 128 lower-case hex digits. */
  readonly key: string;
  /** Undefined for an original subscriber: what it gets is not sealed. */
  readonly seal: PublisherSeal | undefined;
  /** When it was proved, in ms since 1970. */
  readonly provenAtMs: number;
  /** From then on it is proved again. */
  readonly renewAtMs: number;
  /** From then on it counts no more. */
  readonly expiresMs: number;
}

/** Why the owner of a route has proved nothing. */
export interface RouteFailure {
  readonly reason: string;
  /** The key that it holds, where it showed one. */
  readonly key?: string;
  /** Nobody said anything wrong: trying again by ourselves makes sense. */
  readonly isTransient: boolean;
}

/** One challenge route at one node, and what is known of it. */
export class KnownRoute {
  /** The route as a topic that can be sent to. */
  readonly topic: Topic;
  /** 32 lower-case hex digits. */
  readonly id: string;
  /** The node that lists it, 128 lower-case hex digits. */
  readonly nodeId: string;
  /** Version of the bound proof that its owner speaks; undefined for an original one. */
  readonly boundVersion: number | undefined;
  /** Connections whose node lists it: it is reached by these. */
  readonly links: Set<PublisherLink> = new Set();
  /** Connections whose node asked for it and has not been told. */
  readonly waiting: Set<PublisherLink> = new Set();
  /** Connections whose node was told, route by route, that it may have what is sent on the topic. */
  readonly granted: Set<PublisherLink> = new Set();
  proof: RouteProof | undefined = undefined;
  failure: RouteFailure | undefined = undefined;
  /** Failures in a row, and when it may be tried again. */
  failures = 0;
  retryAtMs = 0;
  /** True while a proof is under way. */
  proving = false;
  /** When a node last named it. */
  seenAtMs = 0;

  constructor(name: TopicName, id: string, nodeId: string) {
    this.topic = { name, bytes: topicNameBytes(name) };
    this.id = id;
    this.nodeId = nodeId;
    this.boundVersion = boundRouteVersion(id);
  }

  /** Whether its owner has proved a key, in time, and can be reached. */
  isProven(nowMs: number): boolean {
    return this.proof !== undefined && nowMs < this.proof.expiresMs && this.links.size > 0;
  }
}
