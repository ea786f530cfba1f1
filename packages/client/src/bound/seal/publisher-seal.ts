import { parseSealedMessage, SealedStatus, type SealedType, type TopicName } from '@amop/codec';
import { hexOf } from '../../hex.ts';
import type { BoundKeys } from '../bound-keys.ts';
import { MAX_MESSAGES_PER_KEY } from '../bound-time.ts';
import { Direction, SealedLine } from './sealed-line.ts';

/** A message on its way to one subscriber. */
export interface SealedRequest {
  /** Content of the 0x30 to the route. */
  readonly content: Uint8Array;
  /** What its answer is opened with. */
  readonly counter: number;
}

/** What a subscriber said to one message. */
export interface OpenedAnswer {
  readonly status: SealedStatus;
  /** Fresh memory. With `handlerFailed` an error detail as JSON. */
  readonly body: Uint8Array;
}

/** The publisher's end of the keys that one proof gave: seals what goes to one route. */
export class PublisherSeal {
  /** 16 hex digits; the same at the subscriber. */
  readonly keyId: string;
  readonly #out: SealedLine;
  readonly #in: SealedLine;
  #next = 0;
  #isClosed = false;

  /** @param keys copied: the caller overwrites them */
  constructor(keys: BoundKeys, route: TopicName) {
    const { keyId, toSubscriber, toPublisher } = keys;
    this.keyId = hexOf(keyId);
    this.#out = SealedLine.pair(keyId, toSubscriber, Direction.toSubscriber, route);
    this.#in = SealedLine.pair(keyId, toPublisher, Direction.toPublisher, route);
  }

  /** Seals one message; undefined after {@link close} and after 2^32 messages: prove again. */
  seal(type: SealedType, body: Uint8Array): SealedRequest | undefined {
    if (this.#next >= MAX_MESSAGES_PER_KEY) return undefined;
    const content = this.#out.seal(this.#next, [type], body);
    if (content === undefined) return undefined;
    const counter = this.#next;
    this.#next += 1;
    return { content, counter };
  }

  /**
   * Opens the answer to the message with this counter; undefined for anything that the subscriber
   * did not say to exactly that message, and after {@link close}.
   */
  openAnswer(counter: number, content: Uint8Array): OpenedAnswer | undefined {
    const message = parseSealedMessage(content);
    if (message === undefined || message.counter !== counter || !this.#in.isOwn(message)) {
      return undefined;
    }
    const text = this.#in.open(message);
    const status = text?.[0];
    if (text === undefined || !isStatus(status)) return undefined;
    return { status, body: text.subarray(1) };
  }

  /** Whether {@link close} was called. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Overwrites the keys: nothing is sealed or opened any more. */
  close(): void {
    this.#isClosed = true;
    this.#out.close();
    this.#in.close();
  }
}

function isStatus(status: number | undefined): status is SealedStatus {
  return (
    status === SealedStatus.ok ||
    status === SealedStatus.handlerFailed ||
    status === SealedStatus.declined
  );
}
