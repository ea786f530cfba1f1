import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { CryptoError } from '../errors.ts';
import { plainBytes } from './tagged-digest.ts';

/** Bytes of a private, a public and a shared X25519 key. */
export const X25519_BYTES = 32;

/** A key as JSON Web Key (RFC 8037): Node reads it ten times as fast as PKCS#8 and SPKI. */
const OKP = { kty: 'OKP', crv: 'X25519' } as const;

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
    // Node works x out of d, but wants to see a text there.
    const key = { ...OKP, d: base64Url(secret), x: '' };
    this.#key = createPrivateKey({ key, format: 'jwk' });
    secret.fill(0);
    const { x } = createPublicKey(this.#key).export({ format: 'jwk' });
    this.publicKey = Uint8Array.from(Buffer.from(x ?? '', 'base64url'));
  }

  /**
   * The 32 bytes shared with the owner of `other`; undefined after {@link close}, and for bytes that
   * are no key or give the same secret to everybody (points of small order, RFC 7748 section 6.1).
   */
  agree(other: Uint8Array): Uint8Array | undefined {
    const privateKey = this.#key;
    if (privateKey === undefined || other.length !== X25519_BYTES) return undefined;
    try {
      const key = { ...OKP, x: base64Url(other) };
      const publicKey = createPublicKey({ key, format: 'jwk' });
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

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
