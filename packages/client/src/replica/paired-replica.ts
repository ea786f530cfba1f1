import type { TopicName } from '@amop/codec';
import type { TopicReplica, WantedTopics } from './topic-replica.ts';

/**
 * Topics of one connection only. Each is the partner of a topic of the client, which knows nothing
 * of it: the client's topic is there on this connection when both are.
 */
export interface PartnerTopics extends WantedTopics {
  /**
   * The client wants `topic` now, or does no longer: makes its partner, or lets go of it.
   *
   * @returns the partner that came, stayed or went
   */
  follow(topic: TopicName): TopicName | undefined;
  /** Whether `topic` has a partner as it is wanted now: false while `follow` has something to do. */
  isFollowed(topic: TopicName): boolean;
  /** The partner of `topic`. */
  partnerOf(topic: TopicName): TopicName | undefined;
  /** The client's topic that `topic` is or was the partner of; `topic` itself if it is none. */
  ownerOf<Topic extends string>(topic: Topic): Topic | TopicName;
}

/** A replica that speaks of the client's topics only, each with its partner. */
export class PairedReplica implements TopicReplica {
  readonly #replica: TopicReplica;
  readonly #partners: PartnerTopics;

  /** `replica` has the partners among its wanted topics. */
  constructor(replica: TopicReplica, partners: PartnerTopics) {
    this.#replica = replica;
    this.#partners = partners;
  }

  replay(): Promise<void> {
    return this.#replica.replay();
  }

  changed(topic: TopicName): void {
    const partner = this.#partners.follow(topic);
    this.#replica.changed(topic);
    if (partner !== undefined) this.#replica.changed(partner);
  }

  flush(): void {
    this.#replica.flush();
  }

  /** Undefined also while the node has one of the two only, or another partner is to come. */
  has(topic: TopicName): boolean | undefined {
    if (!this.#partners.isFollowed(topic)) return undefined;
    const has = this.#replica.has(topic);
    const partner = this.#partners.partnerOf(topic);
    return partner === undefined || this.#replica.has(partner) === has ? has : undefined;
  }
}
