import { encodeErrorDetail, SEALED_OVERHEAD_BYTES, SealedStatus, seqFromKey } from '@amop/codec';
import type { SubscriberSeal } from '../../bound/seal/subscriber-seal.ts';
import { type AnswerPath, detailOfHandler } from '../../inbound/answer-path.ts';
import type { MessageReturn, ReturnPath } from '../../inbound/message.ts';

const NO_BYTES = new Uint8Array(0);

/**
 * How the answer to a sealed request goes back: sealed, so that nobody on the way can tell an
 * answer from a failure. Once its keys are gone (withdrawn, replaced, over) nothing can be sealed:
 * then the requester is only told that there is no answer.
 */
export class SealedReturn implements MessageReturn, ReturnPath {
  readonly topicBytes: Uint8Array;
  readonly #path: AnswerPath;
  readonly #seal: SubscriberSeal;
  readonly #counter: number;

  /** `counter`: of the request, which the answer is bound to. */
  constructor(path: AnswerPath, topicBytes: Uint8Array, seal: SubscriberSeal, counter: number) {
    this.#path = path;
    this.topicBytes = topicBytes;
    this.#seal = seal;
    this.#counter = counter;
  }

  get path(): ReturnPath {
    return this;
  }

  /** @throws ClientError `AMOP_CLIENT_TOO_LARGE` */
  answer(seqKey: string, topicBytes: Uint8Array, body: Uint8Array): boolean {
    // Before it is sealed: under one counter at most one answer is.
    this.#path.checkSize(body.length + SEALED_OVERHEAD_BYTES);
    const sealed = this.#seal.sealAnswer(this.#counter, SealedStatus.ok, body);
    if (sealed === undefined) return this.#unsealed(seqKey, topicBytes);
    return this.#path.answer(seqKey, topicBytes, sealed, true);
  }

  handlerFailed(seqKey: string, topicBytes: Uint8Array, error: unknown): boolean {
    const detail = encodeErrorDetail(detailOfHandler(error));
    const sealed = this.#seal.sealAnswer(this.#counter, SealedStatus.handlerFailed, detail);
    if (sealed === undefined) return this.#unsealed(seqKey, topicBytes);
    return this.#path.failed(seqFromKey(seqKey), topicBytes, sealed);
  }

  declined(seq: Uint8Array, topicBytes: Uint8Array): boolean {
    const sealed = this.#seal.sealAnswer(this.#counter, SealedStatus.declined, NO_BYTES);
    if (sealed === undefined) return this.#path.declined(seq, topicBytes, NO_BYTES);
    return this.#path.failed(seq, topicBytes, sealed);
  }

  #unsealed(seqKey: string, topicBytes: Uint8Array): boolean {
    this.#path.handlerFailed(seqKey, topicBytes, undefined);
    return false;
  }
}
