import { type Cipher, createCipheriv, createDecipheriv, type Decipher } from 'node:crypto';
import { CryptoError } from '../errors.ts';
import { releaseMemory } from '../release-memory.ts';
import { plainBytes } from './tagged-digest.ts';

/** Bytes of a key of {@link AeadKey}. */
export const AEAD_KEY_BYTES = 32;

/** Bytes that a sealed text has more than the text. */
export const AEAD_TAG_BYTES = 16;

const ALGORITHM = 'aes-256-gcm';
const OPTIONS = { authTagLength: AEAD_TAG_BYTES } as const;
const NONCE_BYTES = 12;
const COUNTER_OFFSET = 4;
/** Up to here a copy costs less than a second call of the cipher (0.8 us). */
const SMALL_BYTES = 4096;
/** Node gives each piece in memory of its own; it is copied while it is still in the processor's cache. */
const PIECE_BYTES = 65_536;

/**
 * One key of AES-256-GCM (NIST SP 800-38D) whose nonces are a counter: 4 zero bytes, then a u64be.
 *
 * The caller never seals twice under one counter, and seals at most 2^32 times.
 */
export class AeadKey {
  #key: Uint8Array | undefined;
  readonly #nonce = new Uint8Array(NONCE_BYTES);
  readonly #nonceView = new DataView(this.#nonce.buffer);

  /**
   * @param key 32 bytes; copied
   * @throws CryptoError `AMOP_CRYPTO_INVALID_OPTION`
   */
  constructor(key: Uint8Array) {
    if (key.length !== AEAD_KEY_BYTES) {
      throw new CryptoError(
        'AMOP_CRYPTO_INVALID_OPTION',
        `A sealing key has ${AEAD_KEY_BYTES} bytes, ${key.length} were given.`,
        { option: 'key', found: `${key.length} bytes`, allowed: `${AEAD_KEY_BYTES} bytes` },
      );
    }
    this.#key = key.slice();
  }

  /**
   * Seals a text into `target`: what it holds from `offset` up to the place of `body`, then `body`,
   * which ends 16 bytes before the end of `target`; the tag goes there.
   *
   * @param counter 0 to 2^53 - 1, another one for each text
   * @param associated what the text is bound to and the other side knows
   * @returns whether it was done: not after {@link close}
   */
  seal(
    target: Uint8Array,
    offset: number,
    body: Uint8Array,
    counter: number,
    associated: Uint8Array,
  ): boolean {
    if (this.#key === undefined) return false;
    const cipher = createCipheriv(ALGORITHM, this.#key, this.#nonceOf(counter), OPTIONS);
    cipher.setAAD(associated);
    const end = target.length - AEAD_TAG_BYTES;
    const bodyOffset = end - body.length;
    if (body.length <= SMALL_BYTES) {
      target.set(body, bodyOffset);
      target.set(cipher.update(target.subarray(offset, end)), offset);
    } else {
      target.set(cipher.update(target.subarray(offset, bodyOffset)), offset);
      throughPieces(cipher, body, target, bodyOffset);
    }
    cipher.final();
    target.set(cipher.getAuthTag(), end);
    return true;
  }

  /**
   * The text in `sealed`; undefined if key, counter, associated data or a byte of it is another one,
   * and after {@link close}. Nothing of a text that does not hold is given back.
   *
   * @param target where the text goes, if it has room; `sealed` itself will do. Left out, or too
   *   small: fresh bytes.
   */
  open(
    sealed: Uint8Array,
    counter: number,
    associated: Uint8Array,
    target?: Uint8Array,
  ): Uint8Array | undefined {
    if (this.#key === undefined || sealed.length < AEAD_TAG_BYTES) return undefined;
    const end = sealed.length - AEAD_TAG_BYTES;
    const decipher = createDecipheriv(ALGORITHM, this.#key, this.#nonceOf(counter), OPTIONS);
    decipher.setAAD(associated);
    decipher.setAuthTag(sealed.subarray(end));
    const text =
      target === undefined || target.length < end
        ? decipher.update(sealed.subarray(0, end))
        : throughPieces(decipher, sealed.subarray(0, end), target, 0);
    try {
      decipher.final();
    } catch {
      text.fill(0);
      return undefined;
    }
    return plainBytes(text);
  }

  /** Overwrites the key; nothing is sealed or opened any more. */
  close(): void {
    this.#key?.fill(0);
    this.#key = undefined;
  }

  #nonceOf(counter: number): Uint8Array {
    this.#nonceView.setUint32(COUNTER_OFFSET, Math.floor(counter / 0x1_0000_0000));
    this.#nonceView.setUint32(COUNTER_OFFSET + 4, counter % 0x1_0000_0000);
    return this.#nonce;
  }
}

/** What a cipher makes of `bytes`, in `target` from `offset` on: over them, too. */
function throughPieces(
  cipher: Cipher | Decipher,
  bytes: Uint8Array,
  target: Uint8Array,
  offset: number,
): Uint8Array {
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    const piece = cipher.update(bytes.subarray(from, from + PIECE_BYTES));
    target.set(piece, offset + from);
    releaseMemory(piece);
  }
  return target.subarray(offset, offset + bytes.length);
}
