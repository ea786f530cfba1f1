import type { RefusedTopic, TopicName } from '@amop/codec';
import type { ReplicaEvents, TopicReplica, WantedTopics } from './topic-replica.ts';

/** Sends the whole set; resolves with what the node does not show once it shows the rest. */
export type SendWhole = (topics: readonly TopicName[]) => Promise<readonly RefusedTopic[]>;

/** Collaborators of {@link WholeReplica}. */
export interface WholeReplicaDependencies extends ReplicaEvents {
  readonly wanted: WantedTopics;
  readonly send: SendWhole;
}

/**
 * The replica on an original node, where each 0x32 replaces the whole set and is not answered
 * (spec 7). One set is on its way at a time; what changes meanwhile goes out together afterwards.
 */
export class WholeReplica implements TopicReplica {
  readonly #deps: WholeReplicaDependencies;
  #applied: ReadonlySet<TopicName> = new Set();
  /** The set on its way. */
  #sending: ReadonlySet<TopicName> | undefined;
  #dirty = false;
  #running = false;

  constructor(dependencies: WholeReplicaDependencies) {
    this.#deps = dependencies;
  }

  async replay(): Promise<void> {
    this.#dirty = this.#deps.wanted.size > 0;
    await this.#sendChanges();
  }

  changed(topic: TopicName): void {
    if (this.#running || this.#deps.wanted.has(topic) !== this.#applied.has(topic)) {
      this.#dirty = true;
    }
  }

  flush(): void {
    if (this.#dirty && !this.#running) this.#sendChanges().catch(this.#deps.onLost);
  }

  has(topic: TopicName): boolean | undefined {
    const has = this.#applied.has(topic);
    const willHave = this.#sending?.has(topic) ?? has;
    return has === willHave && has === this.#deps.wanted.has(topic) ? has : undefined;
  }

  async #sendChanges(): Promise<void> {
    this.#running = true;
    try {
      while (this.#dirty) {
        this.#dirty = false;
        await this.#send([...this.#deps.wanted.topics()]);
      }
    } finally {
      this.#running = false;
    }
  }

  async #send(topics: readonly TopicName[]): Promise<void> {
    this.#sending = new Set(topics);
    const refused = await this.#deps.send(topics);
    const refusedTopics: ReadonlySet<string> = new Set(refused.map((each) => each.topic));
    const after = new Set(topics.filter((topic) => !refusedTopics.has(topic)));
    const before = this.#applied;
    this.#applied = after;
    this.#sending = undefined;
    for (const each of refused) this.#deps.onRefused(each);
    this.#deps.onApplied([
      ...topics.filter((topic) => !before.has(topic)),
      ...[...before].filter((topic) => !after.has(topic)),
    ]);
  }
}
