import { AnswerError } from '@amop/client';
import { encodeAnswerText, readMessageText } from '@amop/simulation/judge';

/** What a handler does with requests: its kind, and the time it takes for it, in ms. */
export const MANNERS = /** @type {const} */ ({
  prompt: [0, 0],
  slow: [20, 900],
  throwing: [0, 50],
  silent: [6_000, 9_000],
  iterating: [0, 0],
});

const ENDED_ANYWAY = new Set(['AMOP_CLIENT_TIMEOUT', 'AMOP_CLIENT_CLOSED']);

/** @typedef {keyof typeof MANNERS} Manner */

/** The subscriptions of an application, at most one a topic, and what comes over them. */
export class Subscriber {
  #client;
  #history;
  #name;
  #random;
  #runs = 0;
  /** @type {Map<string, { manner: Manner, end: (() => Promise<void>) | undefined }>} */
  #topics = new Map();

  /**
   * @param {import('@amop/client').AmopClient} client
   * @param {import('./history-file.mjs').HistoryFile} history
   * @param {string} name
   * @param {import('../random.mjs').Random} random
   */
  constructor(client, history, name, random) {
    this.#client = client;
    this.#history = history;
    this.#name = name;
    this.#random = random;
  }

  /** Topics that are subscribed now. */
  topics() {
    return [...this.#topics.keys()];
  }

  /** Subscribes the topic, or ends its subscription; passes over one where that is under way. Never rejects. */
  async toggle(topic, manner) {
    const subscribed = this.#topics.get(topic);
    if (subscribed === undefined) await this.subscribe(topic, manner);
    else await this.#end(topic, subscribed);
  }

  /**
   * Never rejects.
   *
   * @param {string} topic
   * @param {Manner} manner
   * @returns {Promise<boolean>} whether it came about
   */
  async subscribe(topic, manner) {
    const entry = { manner, end: undefined };
    this.#topics.set(topic, entry);
    this.#history.write({ kind: 'subscribe', topic, manner });
    const calling =
      manner === 'iterating'
        ? this.#client.subscribe(topic)
        : this.#client.subscribe(topic, (message) => this.#handle(message, manner));
    try {
      const subscription = await calling;
      this.#history.write({ kind: 'subscribed', topic });
      entry.end = () => this.#unsubscribe(topic, subscription);
      if (manner === 'iterating') {
        const read = this.#iterate(subscription);
        entry.end = () => this.#stopIterating(topic, subscription, read);
      }
      return true;
    } catch (error) {
      if (error.name !== 'ClientError') throw error;
      // "Nothing of the subscription is left then."
      this.#history.write({ kind: 'unsubscribe', topic, code: error.code });
      this.#topics.delete(topic);
      return false;
    }
  }

  async #end(topic, entry) {
    const { end } = entry;
    if (end === undefined) return;
    entry.end = undefined;
    try {
      await end();
    } catch (error) {
      // A node that does not confirm, or no client any more: it has ended here all the same.
      if (!ENDED_ANYWAY.has(error.code)) throw error;
    }
    this.#topics.delete(topic);
  }

  #unsubscribe(topic, subscription) {
    const ending = subscription.unsubscribe();
    // The call itself ends it here; nothing can have come between.
    this.#history.write({ kind: 'unsubscribe', topic });
    return ending;
  }

  async #stopIterating(topic, subscription, read) {
    const ending = subscription.unsubscribe();
    // What waits is still taken.
    await read;
    this.#history.write({ kind: 'unsubscribe', topic });
    await ending;
  }

  async #iterate(subscription) {
    for await (const message of subscription) {
      const run = this.#received(message);
      if (run === undefined) continue;
      this.#history.write({ kind: 'answered', run });
      message.respond(encodeAnswerText(run));
    }
  }

  #handle(message, manner) {
    const run = this.#received(message);
    if (run === undefined) return undefined;
    return manner === 'prompt' ? this.#answer(run) : this.#answerLater(run, manner);
  }

  async #answerLater(run, manner) {
    await this.#takeTime(manner);
    if (manner !== 'throwing') return this.#answer(run);
    if (this.#random.chance(0.5)) throw new AnswerError('this handler refuses');
    throw new TypeError('this handler is broken');
  }

  /** Does not keep the process alive: a client that is closed does not wait for long either. */
  #takeTime(manner) {
    const ms = this.#random.between(...MANNERS[manner]);
    return new Promise((resolve) => setTimeout(resolve, ms).unref());
  }

  #answer(run) {
    this.#history.write({ kind: 'answered', run });
    return encodeAnswerText(run);
  }

  /** Name of the run; undefined for what needs no answer. */
  #received({ body, kind: form, seq, topic }) {
    const message = readMessageText(body);
    if (message === undefined) {
      const text = `${form} ${seq} on "${topic}" with ${body.length} bytes that nobody sent so`;
      this.#history.write({ kind: 'strange', text });
      return undefined;
    }
    if (form === 'multicast') {
      this.#history.write({ kind: 'received', message, topic, form, seq });
      return undefined;
    }
    this.#runs += 1;
    const run = `${this.#name}/run${this.#runs}`;
    this.#history.write({ kind: 'received', message, topic, form, run, seq });
    return run;
  }
}
