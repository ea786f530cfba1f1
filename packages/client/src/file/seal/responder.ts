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
    this.#requests = new KeyCache(keys, { direction: 'request', limit: MAX_RUNS });
  }

  /** What is asked in a frame; undefined when nobody who has the secret has sealed it. */
  open({ run, counter, sealed, head }: SealedTransferFrame): TransferRequest | undefined {
    const associated = joined(head, this.#keys.transfer);
    const text = this.#requests.open(run, counter, sealed, associated);
    return text && parseTransferRequest(text);
  }

  /**
   * Seals the reply to a request.
   *
   * @param start what comes before `body`
   * @param body may be empty
   */
  seal(request: SealedTransferFrame, start: Uint8Array, body: Uint8Array): Uint8Array {
    const counter = this.#counter++;
    const head = TRANSFER_REPLY_HEAD_BYTES;
    const content = new Uint8Array(head + start.length + body.length + AEAD_TAG_BYTES);
    writeSealedTransferHead(content, { party: NO_PARTY, run: this.#run, counter });
    content.set(start, head);
    const associated = joined(content.subarray(0, head), this.#keys.transfer, request.head);
    this.#key.seal(content, head, body, counter, associated);
    return content;
  }
}
