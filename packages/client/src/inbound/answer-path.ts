import {
  type ChannelFrame,
  ChannelType,
  type ErrorDetail,
  encodeErrorDetail,
  ResultCode,
  seqFromKey,
} from '@amop/codec';
import type { Line } from '../call/line.ts';
import { MAX_MESSAGE_BYTES } from '../call/pending-call.ts';
import type { ClientCounters } from '../counters.ts';
import { AnswerError, ClientError } from '../errors.ts';
import type { ReturnPath } from './message.ts';

const NO_BYTES = new Uint8Array(0);

/** How answers go back by the connection that their request came by. */
export class AnswerPath implements ReturnPath {
  readonly #line: Line;
  readonly #counters: ClientCounters;

  constructor(line: Line, dependencies: { readonly counters: ClientCounters }) {
    this.#line = line;
    this.#counters = dependencies.counters;
  }

  /**
   * Sends an answer; false when the connection is gone, and with it whoever waited.
   *
   * @param isSpent nobody else needs the memory of the body
   * @throws ClientError `AMOP_CLIENT_TOO_LARGE`
   */
  answer(seqKey: string, topicBytes: Uint8Array, body: Uint8Array, isSpent = false): boolean {
    this.checkSize(body.length);
    if (!this.#isOpen()) return false;
    this.#counters.answers++;
    const seq = seqFromKey(seqKey);
    this.#line.sendMessage(ChannelType.response, seq, ResultCode.ok, topicBytes, body, isSpent);
    return true;
  }

  /** @throws ClientError `AMOP_CLIENT_TOO_LARGE` for an answer of so many bytes */
  checkSize(bytes: number): void {
    if (bytes > MAX_MESSAGE_BYTES - 512) throw tooLarge(bytes);
  }

  /** Sends a sealed answer that says, inside, that something failed. As `answer`. */
  failed(seq: Uint8Array, topicBytes: Uint8Array, body: Uint8Array): boolean {
    if (!this.#isOpen()) return false;
    this.#counters.failedAnswers++;
    this.#line.sendMessage(ChannelType.response, seq, ResultCode.ok, topicBytes, body);
    return true;
  }

  /**
   * Tells the requester that the handler failed. Only the text of an {@link AnswerError} is told, and
   * only where details were agreed.
   */
  handlerFailed(seqKey: string, topicBytes: Uint8Array, error: unknown): boolean {
    if (!this.#isOpen()) return false;
    this.#counters.failedAnswers++;
    const seq = seqFromKey(seqKey);
    if (this.#line.errors) {
      this.#refuse(seq, ResultCode.handlerFailed, encodeErrorDetail(detailOfHandler(error)));
    } else {
      const { handlerFailed } = ResultCode;
      this.#line.sendMessage(ChannelType.response, seq, handlerFailed, topicBytes, NO_BYTES);
    }
    return true;
  }

  /**
   * Tells that nobody here takes the request. 104 is what a node itself says when it has no session
   * for a topic (spec 8.2), with the request echoed towards an original one.
   */
  declined(seq: Uint8Array, topicBytes: Uint8Array, body: Uint8Array): boolean {
    if (!this.#isOpen()) return false;
    this.#counters.failedAnswers++;
    if (this.#line.errors) {
      const detail: ErrorDetail = {
        hop: 'subscriber',
        reason: 'not-subscribed',
        maybeDelivered: 'no',
        retryable: true,
      };
      this.#refuse(seq, ResultCode.noAnswer, encodeErrorDetail(detail));
    } else {
      const { noAnswer } = ResultCode;
      this.#line.sendMessage(ChannelType.response, seq, noAnswer, topicBytes, body);
    }
    return true;
  }

  /** Answers a request whose body cannot be read. */
  malformed(frame: ChannelFrame): void {
    const detail: ErrorDetail = {
      hop: 'subscriber',
      reason: 'malformed-body',
      maybeDelivered: 'no',
      retryable: false,
    };
    const data = this.#line.errors ? encodeErrorDetail(detail) : NO_BYTES;
    this.#refuse(frame.seq, ResultCode.malformed, data);
  }

  #refuse(seq: Uint8Array, result: number, data: Uint8Array): void {
    this.#line.sendFrame(ChannelType.response, seq, result, data);
  }

  #isOpen(): boolean {
    if (this.#line.open) return true;
    this.#counters.lostAnswers++;
    return false;
  }
}

/** What a requester is told of a handler that failed: text only of an {@link AnswerError}. */
export function detailOfHandler(error: unknown): ErrorDetail {
  const told = error instanceof AnswerError ? error : undefined;
  return {
    hop: 'subscriber',
    reason: 'handler-failed',
    maybeDelivered: 'yes',
    retryable: told?.retryable ?? false,
    ...(told === undefined ? {} : { message: told.message }),
  };
}

function tooLarge(bytes: number): ClientError {
  return new ClientError(
    'AMOP_CLIENT_TOO_LARGE',
    `the answer has ${bytes} bytes; one message takes ${MAX_MESSAGE_BYTES} with its header`,
    { hop: 'client', reason: 'answer-too-large' },
  );
}
