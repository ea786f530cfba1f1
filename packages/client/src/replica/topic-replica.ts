import type { RefusedTopic, TopicName } from '@amop/codec';

/** The topics that the client wants; their one owner is the subscription table (D-34). */
export interface WantedTopics {
  readonly size: number;
  has(topic: TopicName): boolean;
  topics(): Iterable<TopicName>;
}

/** What a replica tells its client. */
export interface ReplicaEvents {
  /** What {@link TopicReplica.has} says of these topics may have changed. */
  readonly onApplied: (topics: readonly TopicName[]) => void;
  readonly onRefused: (refused: RefusedTopic) => void;
  /** The node did not say what became of a change: nothing can be known on this connection. */
  readonly onLost: (error: unknown) => void;
}

/**
 * What one node has of the client's subscriptions, and what is on its way there.
 *
 * It only compares with the wanted set: told that a topic may have changed, it looks up what is
 * wanted when it sends.
 */
export interface TopicReplica {
  /** Sends the whole wanted set to a fresh connection; resolves when the node has applied it. */
  replay(): Promise<void>;
  /** The topic may have changed; `flush` looks. */
  changed(topic: TopicName): void;
  /** Sends what has changed since the last flush. */
  flush(): void;
  /** Whether the node has the topic; undefined while that is about to change. */
  has(topic: TopicName): boolean | undefined;
}
