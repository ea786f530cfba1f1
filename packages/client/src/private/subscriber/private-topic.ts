import type { TopicName } from '@amop/codec';
import type { PublicKey } from '@amop/crypto';
import type { TopicSigner } from '../../bound/topic-signer.ts';
import type { PrivateName } from '../private-name.ts';
import type { EpochBook } from './epoch-book.ts';
import { RecentValues } from './recent-values.ts';
import { RefusedPublishers } from './refused-publishers.ts';

/** Copies of sealed multicasts that are recognised: of the last 8 192 at least. */
const MAX_REMEMBERED_COPIES = 16_384;

/** Whose keys count on a private topic, checked. */
export interface PrivateTopicKeys {
  readonly signer: TopicSigner;
  /** Undefined: whoever may send there, also original publishers, which cannot show who they are. */
  readonly publishers: readonly PublicKey[] | undefined;
}

/** A private topic while it is subscribed: what all connections of the client share of it. */
export class PrivateTopic {
  /** As the application knows it. */
  readonly name: TopicName;
  /** As nodes know it. */
  readonly payload: TopicName;
  readonly keys: PrivateTopicKeys;
  /** Shared, so that a multicast is delivered once though it comes by several connections. */
  readonly epochs: EpochBook;
  /** Shared, so that a publisher that asks on every connection is told of once. */
  readonly refused: RefusedPublishers = new RefusedPublishers();
  readonly #copies = new RecentValues({ maxEntries: MAX_REMEMBERED_COPIES });

  constructor(
    { name, payload }: PrivateName,
    keys: PrivateTopicKeys,
    dependencies: { readonly epochs: EpochBook },
  ) {
    this.name = name;
    this.payload = payload;
    this.keys = keys;
    this.epochs = dependencies.epochs;
  }

  /** Whether the publisher's multicast came before, by another connection; remembers it if not. */
  isCopy(publisher: string, messageId: string): boolean {
    const value = publisher + messageId;
    if (this.#copies.has(value)) return true;
    this.#copies.add(value);
    return false;
  }
}
