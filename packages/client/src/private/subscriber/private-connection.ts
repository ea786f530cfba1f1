import { type AmopBody, type ChannelFrame, parseChallengeRoute, type TopicName } from '@amop/codec';
import type { AnswerPath } from '../../inbound/answer-path.ts';
import type { ConnectionInbox } from '../../inbound/delivery.ts';
import type { PartnerTopics } from '../../replica/paired-replica.ts';
import { PayloadInbox, type PayloadInboxDependencies } from './payload-inbox.ts';
import { PrivateRoute, type PrivateRouteDependencies } from './private-route.ts';
import type { PrivateTopic } from './private-topic.ts';

/** Which connection it is. */
export interface PrivateConnectionOptions {
  /** Tells connections apart. */
  readonly sourceId: number;
  /** Its node as logs and events name it. */
  readonly node: string;
}

/** Collaborators of {@link PrivateConnection}. */
export interface PrivateConnectionDependencies
  extends PrivateRouteDependencies,
    PayloadInboxDependencies {
  /** The private topics that are subscribed now, by payload topic. */
  readonly topics: ReadonlyMap<TopicName, PrivateTopic>;
}

/**
 * The part of one connection in the private subscriptions: a fresh route for each topic, and what
 * comes in on routes and payload topics.
 */
export class PrivateConnection implements PartnerTopics, ConnectionInbox {
  readonly #options: PrivateConnectionOptions;
  readonly #deps: PrivateConnectionDependencies;
  readonly #payloads: PayloadInbox;
  readonly #routes = new Map<string, PrivateRoute>();
  /** The same by payload topic. */
  readonly #routeOf = new Map<string, PrivateRoute>();
  #nodeId: string | undefined;
  #started = false;

  constructor(options: PrivateConnectionOptions, dependencies: PrivateConnectionDependencies) {
    this.#options = options;
    this.#deps = dependencies;
    this.#payloads = new PayloadInbox(dependencies);
  }

  /**
   * Makes the routes; from now on subscriptions are followed.
   *
   * @param nodeId 128 lower-case hex digits; undefined: only original publishers get a proof
   */
  start(nodeId: string | undefined): void {
    this.#nodeId = nodeId;
    this.#started = true;
    for (const payload of this.#deps.topics.keys()) this.follow(payload);
  }

  get size(): number {
    return this.#routes.size;
  }

  has(topic: TopicName): boolean {
    return this.#routes.has(topic);
  }

  *topics(): Generator<TopicName> {
    for (const route of this.#routes.values()) yield route.name;
  }

  follow(topic: TopicName): TopicName | undefined {
    const wanted = this.#deps.topics.get(topic);
    const route = this.#routeOf.get(topic);
    if (route !== undefined && route.topic !== wanted) {
      route.retire();
      this.#routeOf.delete(topic);
      this.#routes.delete(route.name);
    }
    if (wanted === undefined || route?.topic === wanted || !this.#started) return route?.name;
    const { node } = this.#options;
    const made = new PrivateRoute({ topic: wanted, nodeId: this.#nodeId, node }, this.#deps);
    this.#routeOf.set(topic, made);
    this.#routes.set(made.name, made);
    return made.name;
  }

  isFollowed(topic: TopicName): boolean {
    return this.#routeOf.get(topic)?.topic === this.#deps.topics.get(topic);
  }

  partnerOf(topic: TopicName): TopicName | undefined {
    return this.#routeOf.get(topic)?.name;
  }

  ownerOf<Topic extends string>(topic: Topic): Topic | TopicName {
    return parseChallengeRoute(topic)?.payload ?? topic;
  }

  request(frame: ChannelFrame, body: AmopBody, path: AnswerPath): boolean {
    const route = this.#routes.get(body.topic);
    if (route !== undefined) {
      route.request(frame, body, path);
      return true;
    }
    const topic = this.#topicOf(body);
    if (topic !== undefined) this.#payloads.request(topic, frame, body, path);
    return topic !== undefined;
  }

  multicast(frame: ChannelFrame, body: AmopBody): boolean {
    const topic = this.#topicOf(body);
    if (topic === undefined) return false;
    this.#payloads.multicast(topic, frame, body, this.#options.sourceId);
    return true;
  }

  /** The connection is over: no key of it opens anything any more. */
  close(): void {
    this.#started = false;
    for (const route of this.#routes.values()) route.close();
    this.#routes.clear();
    this.#routeOf.clear();
  }

  #topicOf({ topic }: AmopBody): PrivateTopic | undefined {
    return this.#routeOf.get(topic)?.topic;
  }
}
