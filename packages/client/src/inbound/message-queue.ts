import type { IntakeBudget } from './intake-budget.ts';
import type { Message } from './message.ts';

/** Dead places at the front are cut off only once there are this many. */
const COMPACT_FROM = 1024;

type Taker = (result: IteratorResult<Message, undefined>) => void;

/** Messages of one subscription that wait for its iterator, or the reads that wait for messages. */
export class MessageQueue {
  readonly #budget: IntakeBudget;
  readonly #messages: (Message | undefined)[] = [];
  #head = 0;
  #takers: Taker[] = [];
  #ended = false;

  constructor(dependencies: { readonly budget: IntakeBudget }) {
    this.#budget = dependencies.budget;
  }

  /** Messages that wait. */
  get size(): number {
    return this.#messages.length - this.#head;
  }

  /** Hands a message to the oldest read, or keeps it for the next. */
  push(message: Message): void {
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      taker({ value: message, done: false });
      return;
    }
    this.#messages.push(message);
    this.#budget.take(message.body.length);
  }

  /** The oldest message, once there is one; the end once it has ended and is empty. */
  next(): Promise<IteratorResult<Message, undefined>> {
    const message = this.#shift();
    if (message !== undefined) return Promise.resolve({ value: message, done: false });
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.#takers.push(resolve);
    });
  }

  /** No message comes any more; those that wait are still handed out, and count no longer. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const message of this.#messages.slice(this.#head)) {
      if (message !== undefined) this.#budget.release(message.body.length);
    }
    for (const taker of this.#takers.splice(0)) taker({ value: undefined, done: true });
  }

  /** Ends and gives back what was not read. */
  drain(): readonly Message[] {
    this.end();
    const rest: Message[] = [];
    for (let message = this.#shift(); message !== undefined; message = this.#shift()) {
      rest.push(message);
    }
    return rest;
  }

  #shift(): Message | undefined {
    const message = this.#messages[this.#head];
    if (message === undefined) return undefined;
    this.#messages[this.#head++] = undefined;
    if (this.#head === this.#messages.length) {
      this.#messages.length = 0;
      this.#head = 0;
    } else if (this.#head >= COMPACT_FROM && this.#head * 2 >= this.#messages.length) {
      this.#messages.splice(0, this.#head);
      this.#head = 0;
    }
    if (!this.#ended) this.#budget.release(message.body.length);
    return message;
  }
}
