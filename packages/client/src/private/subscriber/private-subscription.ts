import type { TopicName } from '@amop/codec';
import { Subscription } from '../../inbound/subscription.ts';
import type { BegunSubscription } from '../../inbound/subscriptions.ts';

/** The application's end of a subscription to a private topic; `topic` is the name without prefix. */
export class PrivateSubscription extends Subscription {
  /** The public key that it proves, 128 hex digits: what a publisher has to allow. */
  readonly publicKey: string;

  constructor(topic: TopicName, publicKey: string, { queue, owner }: BegunSubscription) {
    super(topic, queue, owner);
    this.publicKey = publicKey;
  }
}
