import {
  encodeTransferRequest,
  parseSealedTransferReply,
  parseTransferReply,
  RUN_ID_BYTES,
  TRANSFER_REQUEST_HEAD_BYTES,
  type TransferReply,
  type TransferRequest,
  writeSealedTransferHead,
} from '@amop/codec';
import { AEAD_TAG_BYTES, type AeadKey } from '@amop/crypto';
import type { Random } from '@amop/ports';
import { joined } from './joined.ts';
import { KeyCache } from './key-cache.ts';
import type { TransferKeys } from './transfer-keys.ts';

/** Runs of one sender whose keys are kept: it is one at a time. */
const MAX_RUNS = 4;

/** A request as it is sent. */
export interface SealedRequest {
  readonly content: Uint8Array;
  /** What its reply is bound to. */
  readonly head: Uint8Array;
}

/** The receiver's end of the seal of one transfer. */
export class Requester {
  readonly #keys: TransferKeys;
  readonly #replies: KeyCache;
  readonly #run: Uint8Array;
  readonly #key: AeadKey;
  #counter = 0;

  constructor(keys: TransferKeys, dependencies: { readonly random: Random }) {
    this.#keys = keys;
    this.#run = dependencies.random.bytes(RUN_ID_BYTES);
    this.#key = keys.key('request', this.#run);
    this.#replies = new KeyCache(keys, { direction: 'reply', limit: MAX_RUNS });
  }

  /** Seals a request. */
  seal(request: TransferRequest): SealedRequest {
    const { party, transfer } = this.#keys;
    const text = encodeTransferRequest(request);
    const counter = this.#counter++;
    const content = new Uint8Array(TRANSFER_REQUEST_HEAD_BYTES + text.length + AEAD_TAG_BYTES);
    writeSealedTransferHead(content, { party, run: this.#run, counter });
    const head = content.subarray(0, TRANSFER_REQUEST_HEAD_BYTES);
    this.#key.seal(content, head.length, text, counter, joined(head, transfer));
    return { content, head };
  }

  /**
   * The reply to a request; undefined when the sender has not sealed it for that one. It is opened
   * where it lies: a chunk is a view on `content`.
   */
  open(request: SealedRequest, content: Uint8Array): TransferReply | undefined {
    const frame = parseSealedTransferReply(content);
    if (frame === undefined) return undefined;
    const { run, counter, sealed, head } = frame;
    const associated = joined(head, this.#keys.transfer, request.head);
    const text = this.#replies.open(run, counter, sealed, associated, sealed);
    return text && parseTransferReply(text);
  }
}
