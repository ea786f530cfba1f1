import { seqFromKey } from '@amop/codec';
import { bodyBytes, bodyText } from '../body.ts';
import type { AnswerPath } from './answer-path.ts';

/** How a message was sent: to one subscriber that answers, or to all of them. */
export type MessageKind = 'request' | 'multicast';

/** How the answer to a request goes back. */
export interface MessageReturn {
  readonly path: AnswerPath;
  readonly topicBytes: Uint8Array;
}

/** A message for a subscription. */
export class Message {
  readonly topic: string;
  readonly kind: MessageKind;
  /** Own memory: valid for ever, yours to change. */
  readonly body: Uint8Array;
  /** 32 characters that the sender chose; the same for every receiver of a multicast. */
  readonly seq: string;
  #return: MessageReturn | undefined;

  constructor(topic: string, seq: string, body: Uint8Array, back: MessageReturn | undefined) {
    this.topic = topic;
    this.kind = back === undefined ? 'multicast' : 'request';
    this.body = body;
    this.seq = seq;
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
    const back = this.#return;
    if (back === undefined) return false;
    const sent = back.path.answer(this.seq, back.topicBytes, bodyBytes(body));
    this.#return = undefined;
    return sent;
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
}
