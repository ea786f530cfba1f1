import {
  parseTransferRequest,
  RUN_ID_BYTES,
  type SealedTransferFrame,
  TRANSFER_REPLY_HEAD_BYTES,
  type TransferRequest,
  writeSealedTransferHead,
} from '@amop/codec';
import { AEAD_TAG_BYTES, type AeadKey } from '@amop/crypto';
import type { Random } from '@amop/ports';
import { joined } from './joined.ts';
import { KeyCache } from './key-cache.ts';
import type { TransferKeys } from './transfer-keys.ts';

/** Runs of receivers whose keys are kept. */
const MAX_RUNS = 256;
const NO_PARTY = new Uint8Array(0);

/** A reply that is still to be sealed. */
export interface ReplyDraft {
  readonly content: Uint8Array;
  /** View on the place of the body, to be filled in. */
  readonly body: Uint8Array;
}

/** A reply with room for `bodyBytes` behind `start`: a chunk is read to where it is sealed and sent. */
export function draftReply(start: Uint8Array, bodyBytes: number): ReplyDraft {
  const offset = TRANSFER_REPLY_HEAD_BYTES + start.length;
  const content = new Uint8Array(offset + bodyBytes + AEAD_TAG_BYTES);
  content.set(start, TRANSFER_REPLY_HEAD_BYTES);
  return { content, body: content.subarray(offset, offset + bodyBytes) };
}

/** The sender's end of the seal towards those who have one secret. */
export class Responder {
  readonly #keys: TransferKeys;
  readonly #requests: KeyCache;
  readonly #run: Uint8Array;
  readonly #key: AeadKey;
  #counter = 0;

  constructor(keys: TransferKeys, dependencies: { readonly random: Random }) {
    this.#keys = keys;
    this.#run = dependencies.random.bytes(RUN_ID_BYTES);
    this.#key = keys.key('reply', this.#run);
    this.#requests = new KeyCache(keys, { direction: 'request', limit: MAX_RUNS, isOnce: true });
  }

  /** What is asked in a frame; undefined when nobody who has the secret has sealed it, or asked before. */
  open({ run, counter, sealed, head }: SealedTransferFrame): TransferRequest | undefined {
    const associated = joined(head, this.#keys.transfer);
    const text = this.#requests.open(run, counter, sealed, associated);
    return text && parseTransferRequest(text);
  }

  /** Seals the reply to a request. */
  seal(request: SealedTransferFrame, text: Uint8Array): Uint8Array {
    const reply = draftReply(text, 0);
    return this.sealDraft(request, reply);
  }

  /** Seals a draft in its own memory, and gives that back. */
  sealDraft(request: SealedTransferFrame, { content, body }: ReplyDraft): Uint8Array {
    const counter = this.#counter++;
    writeSealedTransferHead(content, { party: NO_PARTY, run: this.#run, counter });
    const head = content.subarray(0, TRANSFER_REPLY_HEAD_BYTES);
    const associated = joined(head, this.#keys.transfer, request.head);
    this.#key.seal(content, head.length, body, counter, associated);
    return content;
  }
}
