import { seqFromKey } from '@amop/codec';
import { bodyBytes, bodyText } from '../body.ts';

/** How a message was sent: to one subscriber that answers, or to all of them. */
export type MessageKind = 'request' | 'multicast';

/** Takes the answer to a request; each gives back false when nobody can get it. */
export interface ReturnPath {
  /** `isSpent`: nobody else needs the memory of the body. */
  answer(seqKey: string, topicBytes: Uint8Array, body: Uint8Array, isSpent?: boolean): boolean;
  handlerFailed(seqKey: string, topicBytes: Uint8Array, error: unknown): boolean;
  declined(seq: Uint8Array, topicBytes: Uint8Array, body: Uint8Array): boolean;
}

/** How the answer to a request goes back. */
export interface MessageReturn {
  readonly path: ReturnPath;
  readonly topicBytes: Uint8Array;
}

/**
 * Answers a request as `Message.respond` does, with memory that nobody else needs: it is given back
 * once it has left.
 */
export let respondSpent: (message: Message, body: Uint8Array) => boolean;

/** A message for a subscription. */
export class Message {
  static {
    respondSpent = (message, body) => message.#respond(body, true);
  }

  readonly topic: string;
  readonly kind: MessageKind;
  /** Own memory: valid for ever, yours to change. */
  readonly body: Uint8Array;
  /** 32 characters that the sender chose; the same for every receiver of a multicast. */
  readonly seq: string;
  /**
   * On a private topic: the public key, 128 hex digits, of the publisher that sealed the message,
   * or `'unverified'` when an original publisher sent it, which cannot show who it is. Undefined on
   * other topics: there nobody shows it.
   */
  readonly sender: string | undefined;
  #return: MessageReturn | undefined;

  constructor(
    topic: string,
    seq: string,
    body: Uint8Array,
    back: MessageReturn | undefined,
    sender?: string,
  ) {
    this.topic = topic;
    this.kind = back === undefined ? 'multicast' : 'request';
    this.body = body;
    this.seq = seq;
    this.sender = sender;
    this.#return = back;
  }

  /** False for a multicast and for a request that has its answer. */
  get awaitsAnswer(): boolean {
    return this.#return !== undefined;
  }

  /** The body as UTF-8 text. */
  text(): string {
    return bodyText(this.body);
  }

  /**
   * Answers the request. The body must not be changed afterwards.
   *
   * @returns false when nobody can get it: not a request, answered before, or its connection is gone
   * @throws ClientError `AMOP_CLIENT_TOO_LARGE`
   */
  respond(body: Uint8Array | string = ''): boolean {
    return this.#respond(bodyBytes(body), false);
  }

  /**
   * Answers the request with a failure: the requester gets `AMOP_CLIENT_HANDLER_FAILED`, with the
   * text if `error` is an `AnswerError`.
   *
   * @returns as `respond`
   */
  fail(error: unknown): boolean {
    const back = this.#return;
    if (back === undefined) return false;
    this.#return = undefined;
    return back.path.handlerFailed(this.seq, back.topicBytes, error);
  }

  /**
   * Hands the request back unread: the requester gets `AMOP_CLIENT_NO_ANSWER`, told that nothing was
   * delivered and that trying again makes sense.
   *
   * @returns as `respond`
   */
  decline(): boolean {
    const back = this.#return;
    if (back === undefined) return false;
    this.#return = undefined;
    return back.path.declined(seqFromKey(this.seq), back.topicBytes, this.body);
  }

  #respond(body: Uint8Array, isSpent: boolean): boolean {
    const back = this.#return;
    if (back === undefined) return false;
    const sent = back.path.answer(this.seq, back.topicBytes, body, isSpent);
    this.#return = undefined;
    return sent;
  }
}
