import { type TopicName, topicNameBytes } from '@amop/codec';
import type { Logger, Scheduler } from '@amop/ports';
import { ClientError } from '../errors.ts';
import type { EventHub } from '../events.ts';
import { applicationName } from '../topic.ts';
import { abortedSubscribe, type Confirmations, type TopicLink } from './confirmation.ts';
import type { IntakeBudget } from './intake-budget.ts';
import type { Message } from './message.ts';
import { MessageQueue } from './message-queue.ts';
import type { MessageHandler, Subscriber } from './subscriber.ts';
import { Subscription, type SubscriptionOwner } from './subscription.ts';
import type { SubscriptionTable } from './subscription-table.ts';

/** Longest topic that every original SDK can send to (spec 4, D-27). */
const MAX_PORTABLE_BYTES = 126;

/** Collaborators of {@link Subscriptions}. */
export interface SubscriptionsDependencies {
  readonly table: SubscriptionTable;
  readonly confirmations: Confirmations;
  readonly budget: IntakeBudget;
  readonly scheduler: Scheduler;
  readonly events: EventHub;
  readonly logger: Logger;
  readonly links: () => Iterable<TopicLink>;
}

/** A subscription that every connected node has applied. */
export interface BegunSubscription {
  /** Where there is no handler. */
  readonly queue: MessageQueue | undefined;
  readonly owner: SubscriptionOwner;
}

/** Begins and ends subscriptions: in the table, on every link, and for who waits for the nodes. */
export class Subscriptions {
  readonly #deps: SubscriptionsDependencies;
  readonly #timeoutMs: number;
  #flushPlanned = false;

  /** `timeoutMs`: time for the nodes to confirm the end of a subscription. */
  constructor(options: { readonly timeoutMs: number }, dependencies: SubscriptionsDependencies) {
    this.#timeoutMs = options.timeoutMs;
    this.#deps = dependencies;
  }

  /**
   * Resolves when every connected node has applied it, at least one.
   *
   * @throws ClientError `AMOP_CLIENT_SUBSCRIBE_FAILED`, `_TIMEOUT`, `_NOT_CONNECTED`, `_ABORTED`;
   *   nothing of the subscription is left then
   */
  async subscribe(
    topic: TopicName,
    handler: MessageHandler | undefined,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Subscription> {
    this.#warnOfLength(topic);
    const { queue, owner } = await this.begin(topic, handler, timeoutMs, signal);
    return new Subscription(topic, queue, owner);
  }

  /** As `subscribe`; gives back what a {@link Subscription} is made of. */
  async begin(
    topic: TopicName,
    handler: MessageHandler | undefined,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<BegunSubscription> {
    const { table, confirmations, budget } = this.#deps;
    if (signal?.aborted) throw abortedSubscribe(topic, signal.reason);
    const subscriber: Subscriber =
      handler === undefined
        ? { kind: 'iterator', topic, queue: new MessageQueue({ budget }) }
        : { kind: 'handler', topic, handler };
    const queue = subscriber.kind === 'iterator' ? subscriber.queue : undefined;
    table.add(subscriber);
    confirmations.end(topic, false);
    this.#announce(topic);
    try {
      await confirmations.wait(topic, true, timeoutMs, signal);
    } catch (error) {
      this.#remove(subscriber);
      for (const message of queue?.drain() ?? []) message.decline();
      throw error;
    }
    const owner = { end: () => this.#end(subscriber), abandon: () => this.#abandon(subscriber) };
    return { queue, owner };
  }

  /**
   * Has a topic on every connection for its own sake: requests on it are handed back.
   *
   * @returns what ends it; resolves when every connected node has applied it
   */
  hold(topic: TopicName): () => Promise<void> {
    const subscriber: Subscriber = { kind: 'handler', topic, handler: handBack };
    this.#deps.table.add(subscriber);
    this.#announce(topic);
    return () => this.#end(subscriber);
  }

  /** Ends every subscription to a topic; resolves when every connected node has applied it. */
  async unsubscribe(topic: TopicName): Promise<void> {
    const subscribers = this.#deps.table.get(topic)?.subscribers ?? [];
    await Promise.all([...subscribers].map((each) => this.#end(each)));
  }

  /** Ends every subscription without waiting. */
  endAll(): void {
    for (const subscriber of [...this.#deps.table.subscribers()]) this.#remove(subscriber);
  }

  /** Sends what has changed without waiting for the end of the turn. */
  flush(): void {
    for (const link of this.#deps.links()) link.flushTopics();
  }

  /** A node did not take a topic: whoever subscribes it right now is told, else everybody is. */
  refused(link: TopicLink, node: string, refused: string, reason: string): void {
    const topic = applicationName(refused);
    const error = new ClientError(
      'AMOP_CLIENT_SUBSCRIBE_FAILED',
      `node ${node} did not take the subscription to ${JSON.stringify(topic)}: ${reason}`,
      { topic, node, hop: 'node', reason, retryable: reason === 'not-confirmed' },
    );
    const entry = this.#deps.table.get(refused);
    if (entry === undefined) return;
    if (link.ready && this.#deps.confirmations.end(entry.topic, true, () => error)) return;
    this.#deps.logger.error({ node, topic, reason }, 'subscription refused on reconnecting');
    this.#deps.events.emit('error', { error });
  }

  #warnOfLength(topic: TopicName): void {
    const { length: bytes } = topicNameBytes(topic);
    if (bytes <= MAX_PORTABLE_BYTES) return;
    const text = `python and nodejs SDKs cannot send to a topic above ${MAX_PORTABLE_BYTES} bytes`;
    this.#deps.logger.warn({ topic, bytes }, text);
  }

  async #end(subscriber: Subscriber): Promise<void> {
    if (!this.#remove(subscriber) || this.#deps.table.has(subscriber.topic)) return;
    await this.#deps.confirmations.wait(subscriber.topic, false, this.#timeoutMs);
  }

  #abandon(subscriber: Subscriber): void {
    this.#end(subscriber).catch((error: unknown) => {
      this.#deps.logger.warn({ topic: subscriber.topic, error }, 'end of a subscription failed');
    });
  }

  #remove(subscriber: Subscriber): boolean {
    const { table, confirmations } = this.#deps;
    const { topic } = subscriber;
    if (!table.remove(subscriber)) return false;
    if (subscriber.kind === 'iterator') subscriber.queue.end();
    if (!table.has(topic)) {
      confirmations.end(topic, true, () => unsubscribed(topic));
      this.#announce(topic);
    }
    return true;
  }

  /** Tells every link whose node may have to learn about the topic; once a turn for all topics. */
  #announce(topic: TopicName): void {
    const wanted = this.#deps.table.has(topic);
    for (const link of this.#deps.links()) {
      if (link.hasTopic(topic) !== wanted) link.topicChanged(topic);
    }
    if (this.#flushPlanned) return;
    this.#flushPlanned = true;
    this.#deps.scheduler.endOfTurn(this.#planned);
  }

  readonly #planned = (): void => {
    this.#flushPlanned = false;
    this.flush();
  };
}

function handBack(message: Message): void {
  message.decline();
}

function unsubscribed(wanted: TopicName): ClientError {
  const topic = applicationName(wanted);
  return new ClientError(
    'AMOP_CLIENT_SUBSCRIBE_FAILED',
    `subscribing to ${JSON.stringify(topic)}: unsubscribed meanwhile`,
    { topic, hop: 'client', reason: 'unsubscribed' },
  );
}
