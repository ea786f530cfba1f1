import {
  BoundKind,
  SEALED_HEAD_BYTES,
  type SealedMessage,
  type TopicName,
  topicNameBytes,
  writeSealedCounter,
  writeSealedHead,
} from '@amop/codec';
import { AEAD_TAG_BYTES, AeadKey } from '@amop/crypto';

/** Which way sealed messages go. */
export const Direction = { toSubscriber: 0, toPublisher: 1 } as const;

/** One of the two ways. */
export type Direction = (typeof Direction)[keyof typeof Direction];

/**
 * One key in one use, with what its messages are bound to: head, key ID and counter, then the way
 * and the route, or the topic of an epoch.
 */
export class SealedLine {
  readonly #key: AeadKey;
  /** Associated data: written once, only the counter in it changes. */
  readonly #associated: Uint8Array;
  readonly #keyId: Uint8Array;

  /** @param tail what follows the head in the associated data */
  private constructor(
    kind: typeof BoundKind.sealed | typeof BoundKind.epoch,
    keyId: Uint8Array,
    key: Uint8Array,
    tail: readonly number[],
  ) {
    this.#key = new AeadKey(key);
    this.#keyId = keyId.slice();
    this.#associated = new Uint8Array(SEALED_HEAD_BYTES + tail.length);
    writeSealedHead(this.#associated, kind, keyId);
    this.#associated.set(tail, SEALED_HEAD_BYTES);
  }

  /** The line for one way between a publisher and the owner of `route`. */
  static pair(keyId: Uint8Array, key: Uint8Array, way: Direction, route: TopicName): SealedLine {
    return new SealedLine(BoundKind.sealed, keyId, key, [way, ...topicNameBytes(route)]);
  }

  /** The line from a publisher to everybody who was told the key of an epoch of `topic`. */
  static epoch(id: Uint8Array, key: Uint8Array, topic: TopicName): SealedLine {
    return new SealedLine(BoundKind.epoch, id, key, [...topicNameBytes(topic)]);
  }

  /** Whether a message says that it is sealed with the keys of this line. */
  isOwn({ keyId }: SealedMessage): boolean {
    return this.#keyId.every((byte, at) => byte === keyId[at]);
  }

  /**
   * A whole frame with `prefix` and `body` sealed; undefined after {@link close}.
   *
   * @param counter never given before on this line
   */
  seal(counter: number, prefix: readonly number[], body: Uint8Array): Uint8Array | undefined {
    const textBytes = prefix.length + body.length;
    const content = new Uint8Array(SEALED_HEAD_BYTES + textBytes + AEAD_TAG_BYTES);
    writeSealedCounter(this.#associated, counter);
    content.set(this.#associated.subarray(0, SEALED_HEAD_BYTES));
    content.set(prefix, SEALED_HEAD_BYTES);
    const associated = this.#associated;
    const isSealed = this.#key.seal(content, SEALED_HEAD_BYTES, body, counter, associated);
    return isSealed ? content : undefined;
  }

  /** What a message says, in fresh memory; undefined if it is not authentic, or after {@link close}. */
  open({ counter, sealed }: SealedMessage): Uint8Array | undefined {
    writeSealedCounter(this.#associated, counter);
    return this.#key.open(sealed, counter, this.#associated);
  }

  /** Overwrites the key. */
  close(): void {
    this.#key.close();
  }
}
