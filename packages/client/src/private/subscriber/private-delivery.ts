import type { ClientCounters } from '../../counters.ts';
import { hexOf } from '../../hex.ts';
import { handOver } from '../../inbound/hand-over.ts';
import type { HandlerRunner } from '../../inbound/handler-runner.ts';
import { Message, type MessageReturn } from '../../inbound/message.ts';
import type { SubscriptionTable } from '../../inbound/subscription-table.ts';
import type { PrivateTopic } from './private-topic.ts';

/** Before the body of a sealed multicast: what all copies of it have in common. */
const MESSAGE_ID_BYTES = 16;

/** Brings messages of private topics, opened by now, to subscriptions. */
export class PrivateDelivery {
  readonly #deps: {
    readonly table: SubscriptionTable;
    readonly runner: HandlerRunner;
    readonly counters: ClientCounters;
  };

  constructor(dependencies: {
    readonly table: SubscriptionTable;
    readonly runner: HandlerRunner;
    readonly counters: ClientCounters;
  }) {
    this.#deps = dependencies;
  }

  /**
   * Gives a request to one subscription; false when there is none any more.
   *
   * @param body memory of its own
   */
  request(
    topic: PrivateTopic,
    seq: string,
    body: Uint8Array,
    back: MessageReturn,
    sender: string,
  ): boolean {
    const { table, runner, counters } = this.#deps;
    const receiver = table.get(topic.payload)?.nextReceiver();
    if (receiver === undefined) {
      counters.unclaimed++;
      return false;
    }
    counters.requestsReceived++;
    handOver(receiver, new Message(topic.name, seq, body, back, sender), runner);
    return true;
  }

  /**
   * Gives a multicast that was sealed to every subscription, once: each connection has a route, and a
   * publisher may send to some of them and to an epoch besides.
   *
   * @param text 16 bytes that all copies have in common, then the body; memory of its own
   */
  sealedMulticast(topic: PrivateTopic, text: Uint8Array, publisher: string): void {
    const { counters } = this.#deps;
    if (text.length < MESSAGE_ID_BYTES) {
      counters.sealedRejected++;
      return;
    }
    const id = hexOf(text.subarray(0, MESSAGE_ID_BYTES));
    if (topic.isCopy(publisher, id)) counters.duplicates++;
    else this.multicast(topic, id, text.subarray(MESSAGE_ID_BYTES), publisher);
  }

  /**
   * Gives a multicast to every subscription.
   *
   * @param body memory of its own
   */
  multicast(topic: PrivateTopic, seq: string, body: Uint8Array, sender: string): void {
    const { table, runner, counters } = this.#deps;
    const subscribers = table.get(topic.payload)?.subscribers ?? [];
    if (subscribers.length === 0) {
      counters.unclaimed++;
      return;
    }
    counters.multicastsReceived++;
    const receivers = subscribers.length === 1 ? subscribers : [...subscribers];
    for (const receiver of receivers) {
      const own = receivers.length === 1 ? body : body.slice();
      handOver(receiver, new Message(topic.name, seq, own, undefined, sender), runner);
    }
  }
}
