import type { TopicName } from '@amop/codec';
import { ClientError } from '../errors.ts';
import type { Message } from './message.ts';
import type { MessageQueue } from './message-queue.ts';

/** Ends a subscription. */
export interface SubscriptionOwner {
  /** Resolves when every connected node has applied it. */
  end(): Promise<void>;
  /** As `end`, for which nobody waits. */
  abandon(): void;
}

/**
 * The application's end of a subscription.
 *
 * Without a handler it is iterated: `for await (const message of subscription)`. Messages that are
 * not taken wait, up to `limits.maxQueuedBytes` for the whole client; then the client stops reading,
 * so a subscription that nobody iterates stops everything. Leaving the loop ends the subscription.
 */
export class Subscription implements AsyncIterable<Message, undefined> {
  readonly topic: TopicName;
  readonly #queue: MessageQueue | undefined;
  readonly #owner: SubscriptionOwner;
  #ended = false;

  constructor(topic: TopicName, queue: MessageQueue | undefined, owner: SubscriptionOwner) {
    this.topic = topic;
    this.#queue = queue;
    this.#owner = owner;
  }

  /** Messages that wait to be taken; 0 with a handler. */
  get queued(): number {
    return this.#queue?.size ?? 0;
  }

  /**
   * Ends the subscription; iterators end after the messages that they have. Resolves when every
   * connected node has applied it; more calls do nothing.
   *
   * @throws ClientError `AMOP_CLIENT_TIMEOUT` when a node does not confirm; it has ended here anyway
   */
  async unsubscribe(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#queue?.end();
    await this.#owner.end();
  }

  /**
   * The messages in the order they came. Iterators of one subscription share them.
   *
   * @throws ClientError `AMOP_CLIENT_OPTIONS` for a subscription with a handler
   */
  [Symbol.asyncIterator](): AsyncIterator<Message, undefined> {
    const queue = this.#queue;
    if (queue === undefined) {
      throw new ClientError(
        'AMOP_CLIENT_OPTIONS',
        `subscription to ${JSON.stringify(this.topic)} has a handler: leave it out to iterate`,
        { topic: this.topic, reason: 'has-handler' },
      );
    }
    return {
      next: () => queue.next(),
      return: () => {
        this.#leave(queue);
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }

  /** As `unsubscribe`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.unsubscribe();
  }

  /** The loop was left: what it has not read nobody reads, so its requests are handed back. */
  #leave(queue: MessageQueue): void {
    for (const message of queue.drain()) message.decline();
    if (this.#ended) return;
    this.#ended = true;
    this.#owner.abandon();
  }
}
