import type { TopicName } from '@amop/codec';
import type { Clock } from '@amop/ports';
import { EpochBook } from './epoch-book.ts';

/** Books that are kept of topics that nobody subscribes now; the one left first goes first. */
const MAX_LEFT = 1024;

/**
 * The epochs of the private topics of a client: a topic that is subscribed anew, within the time of
 * an epoch, goes on with its replay window.
 */
export class EpochBooks {
  readonly #clock: Clock;
  /** By payload topic, of topics that nobody subscribes now. */
  readonly #left = new Map<TopicName, EpochBook>();

  constructor(dependencies: { readonly clock: Clock }) {
    this.#clock = dependencies.clock;
  }

  /** The book of a topic that is subscribed from now on. */
  open(payload: TopicName): EpochBook {
    const book = this.#left.get(payload) ?? new EpochBook(payload, { clock: this.#clock });
    this.#left.delete(payload);
    return book;
  }

  /** Nobody subscribes the topic any more: its book stays as long as there is an epoch in it. */
  leave(payload: TopicName, book: EpochBook): void {
    this.#left.delete(payload);
    this.#left.set(payload, book);
    for (const [topic, each] of this.#left) {
      each.dropExpired();
      if (each.size === 0 || this.#left.size > MAX_LEFT) this.#left.delete(topic);
    }
  }
}
