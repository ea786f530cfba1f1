import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { CryptoError } from '../errors.ts';
import { plainBytes } from './tagged-digest.ts';

/** Bytes of a private, a public and a shared X25519 key. */
export const X25519_BYTES = 32;

/** PKCS#8 and SPKI around the 32 bytes of an X25519 key (RFC 8410): Node has no other door for them. */
const PRIVATE_HEAD = Uint8Array.from([
  0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20,
]);
const PUBLIC_HEAD = Uint8Array.from([0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 3, 0x21, 0]);

/**
 * An X25519 key that is used for one agreement and forgotten, so that nobody who learns the
 * long-term keys later can read what was sealed. RFC 7748.
 */
export class EphemeralKey {
  /** 32 bytes for the other side. */
  readonly publicKey: Uint8Array;
  #key: KeyObject | undefined;

  /**
   * @param secret 32 random bytes; overwritten with zeroes here
   * @throws CryptoError `AMOP_CRYPTO_INVALID_PRIVATE_KEY`
   */
  constructor(secret: Uint8Array) {
    if (secret.length !== X25519_BYTES) {
      const reason = `${X25519_BYTES} bytes expected, ${secret.length} given`;
      throw new CryptoError(
        'AMOP_CRYPTO_INVALID_PRIVATE_KEY',
        `The bytes are no private key for X25519: ${reason}.`,
        { reason },
      );
    }
    const der = concat(PRIVATE_HEAD, secret);
    this.#key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    der.fill(0);
    secret.fill(0);
    const spki = createPublicKey(this.#key).export({ format: 'der', type: 'spki' });
    this.publicKey = plainBytes(spki).slice(PUBLIC_HEAD.length);
  }

  /**
   * The 32 bytes shared with the owner of `other`; undefined after {@link close}, and for bytes that
   * are no key or give the same secret to everybody (points of small order, RFC 7748 section 6.1).
   */
  agree(other: Uint8Array): Uint8Array | undefined {
    const privateKey = this.#key;
    if (privateKey === undefined || other.length !== X25519_BYTES) return undefined;
    try {
      const key = concat(PUBLIC_HEAD, other);
      const publicKey = createPublicKey({ key, format: 'der', type: 'spki' });
      return plainBytes(diffieHellman({ privateKey, publicKey }));
    } catch {
      // OpenSSL refuses a secret of zeroes, and has no other way to say so.
      return undefined;
    }
  }

  /** Forgets the private key. */
  close(): void {
    this.#key = undefined;
  }
}

function concat(head: Uint8Array, tail: Uint8Array): Buffer {
  return Buffer.concat([head, tail]);
}
