import { EMPTY_TOPIC, STEADY_TOPIC, TOPICS, VAULT_TOPIC } from '../topics.mjs';
import { MANNERS } from './subscriber.mjs';

const SMALLEST_BYTES = 100;
const LARGEST_BYTES = 200_000;

/** Does one thing after the other, as the seed says, until it is stopped. */
export class Load {
  #sender;
  #subscriber;
  #random;
  /** @type {Set<Promise<unknown>>} */
  #open = new Set();
  #timer;

  /**
   * @param {import('./sender.mjs').Sender} sender
   * @param {import('./subscriber.mjs').Subscriber} subscriber
   * @param {import('../random.mjs').Random} random
   */
  constructor(sender, subscriber, random) {
    this.#sender = sender;
    this.#subscriber = subscriber;
    this.#random = random;
  }

  /** @param {number} perSecond operations, on average */
  start(perSecond) {
    if (this.#timer !== undefined) return;
    const next = () => {
      this.#timer = setTimeout(next, this.#random.exponential(1_000 / perSecond));
      const operation = this.#act();
      this.#open.add(operation);
      // A rejection is a defect, and ends the process.
      void operation.then(() => this.#open.delete(operation));
    };
    next();
  }

  /** Begins nothing any more. */
  halt() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Begins nothing any more; resolves when all that was begun has ended. */
  async stop() {
    this.halt();
    await Promise.all(this.#open);
  }

  #act() {
    const random = this.#random;
    const dice = random.next();
    const bytes = random.size(SMALLEST_BYTES, LARGEST_BYTES);
    const timeoutMs = random.size(150, 4_000);
    if (dice < 0.52) {
      const topic = random.pick([...TOPICS, STEADY_TOPIC]);
      const abortMs = random.chance(0.05) ? random.between(0, timeoutMs) : undefined;
      return this.#sender.request(topic, { bytes, timeoutMs, abortMs });
    }
    if (dice < 0.55) return this.#sender.request(EMPTY_TOPIC, { bytes, timeoutMs });
    if (dice < 0.57) {
      const claims = { forbidden: true };
      return random.chance(0.5)
        ? this.#sender.request(VAULT_TOPIC, { bytes, timeoutMs, claims })
        : this.#sender.publish(VAULT_TOPIC, { bytes, timeoutMs, claims });
    }
    if (dice < 0.85) {
      return this.#sender.publish(random.pick([...TOPICS, STEADY_TOPIC]), { bytes, timeoutMs });
    }
    return this.#subscriber.toggle(random.pick(TOPICS), random.pick(Object.keys(MANNERS)));
  }
}
