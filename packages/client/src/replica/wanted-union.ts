import type { TopicName } from '@amop/codec';
import type { WantedTopics } from './topic-replica.ts';

/** Several sets of wanted topics as one. No topic is in two of them. */
export class WantedUnion implements WantedTopics {
  readonly #parts: readonly WantedTopics[];

  constructor(parts: readonly WantedTopics[]) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#parts.reduce((sum, part) => sum + part.size, 0);
  }

  has(topic: TopicName): boolean {
    return this.#parts.some((part) => part.has(topic));
  }

  *topics(): Generator<TopicName> {
    for (const part of this.#parts) yield* part.topics();
  }
}
