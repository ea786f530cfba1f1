import { type TopicName, topicNameBytes } from '@amop/codec';
import type { Subscriber } from './subscriber.ts';

/** The subscribers of one topic in one client. */
export class TopicEntry {
  readonly topic: TopicName;
  /** UTF-8 form, for answers. */
  readonly topicBytes: Uint8Array;
  readonly #subscribers: Subscriber[] = [];
  #turn = 0;

  constructor(topic: TopicName) {
    this.topic = topic;
    this.topicBytes = topicNameBytes(topic);
  }

  /** All of them, in the order they came: a multicast goes to each. */
  get subscribers(): readonly Subscriber[] {
    return this.#subscribers;
  }

  /** Adds one. */
  add(subscriber: Subscriber): void {
    this.#subscribers.push(subscriber);
  }

  /** Takes one out; false if it is not there. */
  remove(subscriber: Subscriber): boolean {
    const index = this.#subscribers.indexOf(subscriber);
    if (index < 0) return false;
    this.#subscribers.splice(index, 1);
    return true;
  }

  /** Who takes the next request: handlers in turn, or iterators in turn where there is no handler. */
  nextReceiver(): Subscriber | undefined {
    const [first] = this.#subscribers;
    if (this.#subscribers.length <= 1) return first;
    const handlers = this.#subscribers.filter((each) => each.kind === 'handler');
    const candidates = handlers.length > 0 ? handlers : this.#subscribers;
    return candidates[this.#turn++ % candidates.length];
  }
}

/** Every subscription of a client by its topic: the one owner of the topic set (D-34). */
export class SubscriptionTable {
  readonly #entries = new Map<string, TopicEntry>();
  readonly #onEmpty: ((topic: TopicName) => void) | undefined;

  /** `onEmpty` hears of a topic whose last subscriber was taken out. */
  constructor(dependencies?: { readonly onEmpty: (topic: TopicName) => void }) {
    this.#onEmpty = dependencies?.onEmpty;
  }

  /** Topics with at least one subscriber. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether the topic has a subscriber. */
  has(topic: string): boolean {
    return this.#entries.has(topic);
  }

  /** The subscribers of a topic. */
  get(topic: string): TopicEntry | undefined {
    return this.#entries.get(topic);
  }

  /** Every topic with a subscriber. */
  *topics(): Generator<TopicName> {
    for (const entry of this.#entries.values()) yield entry.topic;
  }

  /** Every subscriber. */
  *subscribers(): Generator<Subscriber> {
    for (const entry of this.#entries.values()) yield* entry.subscribers;
  }

  /** Adds a subscriber. */
  add(subscriber: Subscriber): void {
    const { topic } = subscriber;
    let entry = this.#entries.get(topic);
    if (entry === undefined) {
      entry = new TopicEntry(topic);
      this.#entries.set(topic, entry);
    }
    entry.add(subscriber);
  }

  /** Takes a subscriber out; false if it is not there. */
  remove(subscriber: Subscriber): boolean {
    const entry = this.#entries.get(subscriber.topic);
    if (entry === undefined || !entry.remove(subscriber)) return false;
    if (entry.subscribers.length === 0) {
      this.#entries.delete(entry.topic);
      this.#onEmpty?.(entry.topic);
    }
    return true;
  }

  /** Takes everything out. */
  clear(): void {
    this.#entries.clear();
  }
}
