import { PARTY_ID_BYTES } from '@amop/codec';
import { AEAD_KEY_BYTES, AeadKey, hkdfSha256 } from '@amop/crypto';
import { hexOf } from '../../hex.ts';

/** Which way a key seals. */
export type Direction = 'request' | 'reply';

/** All that is derived from the secret of an offer. docs/files.md, "Keys". */
export class TransferKeys {
  /** Names these keys in requests, 8 bytes. */
  readonly party: Uint8Array;
  readonly #secret: Uint8Array;
  readonly #transfer: Uint8Array;

  /**
   * @param secret 32 bytes, kept
   * @param transfer 16 bytes, kept
   */
  constructor(secret: Uint8Array, transfer: Uint8Array) {
    this.#secret = secret;
    this.#transfer = transfer;
    this.party = hkdfSha256(secret, transfer, 'amop file party', PARTY_ID_BYTES);
  }

  /** The number of the transfer, 16 bytes. */
  get transfer(): Uint8Array {
    return this.#transfer;
  }

  /** The key of one run (8 bytes) in one direction. */
  key(direction: Direction, run: Uint8Array): AeadKey {
    const info = `amop file ${direction} ${hexOf(run)}`;
    return new AeadKey(hkdfSha256(this.#secret, this.#transfer, info, AEAD_KEY_BYTES));
  }
}

/** The secret for the holder of one key on a private topic: others cannot pull in its name. */
export function secretFor(secret: Uint8Array, transfer: Uint8Array, key: string): Uint8Array {
  return hkdfSha256(secret, transfer, `amop file key ${key}`, secret.length);
}
