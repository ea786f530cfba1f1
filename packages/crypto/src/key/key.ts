import { generateKeyPairSync } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { CryptoError } from '../errors.ts';
import { ecCoordinates } from './ec-coordinates.ts';

/** Curves that a node's key may lie on. secp256k1: also towards originals; p256: only between ours. */
export type KeyCurve = 'secp256k1' | 'p256';

/** Bytes of a private key: a big-endian number from 1 to the group order - 1. */
export const PRIVATE_KEY_BYTES = 32;

/** Bytes of a public point without its leading `04`: X then Y. */
export const PUBLIC_POINT_BYTES = 64;

const UNCOMPRESSED_POINT = 0x04;

const CURVES = { secp256k1, p256 } as const;

/** A public key: a point that was checked to lie on its curve. */
export class PublicKey {
  /** The curve that the point lies on. */
  readonly curve: KeyCurve;
  readonly #point: Uint8Array;

  /**
   * @param curve the curve to check against
   * @param point X then Y, 32 bytes each, big-endian; copied
   * @throws CryptoError `AMOP_CRYPTO_INVALID_PUBLIC_KEY`
   */
  constructor(curve: KeyCurve, point: Uint8Array) {
    if (point.length !== PUBLIC_POINT_BYTES) {
      throw invalidPublicKey(`${PUBLIC_POINT_BYTES} bytes expected, ${point.length} given`);
    }
    const uncompressed = new Uint8Array(1 + PUBLIC_POINT_BYTES);
    uncompressed[0] = UNCOMPRESSED_POINT;
    uncompressed.set(point, 1);
    if (!CURVES[curve].utils.isValidPublicKey(uncompressed, false)) {
      throw invalidPublicKey(`the point does not lie on ${curve}`);
    }
    this.curve = curve;
    this.#point = uncompressed.subarray(1);
  }

  /** Gives back X then Y, 64 fresh bytes. */
  toBytes(): Uint8Array {
    return this.#point.slice();
  }

  /** Tells whether the other key is the same point on the same curve. */
  equals(other: PublicKey): boolean {
    if (this.curve !== other.curve) return false;
    const mine = this.#point;
    const theirs = other.#point;
    return mine.every((byte, index) => byte === theirs[index]);
  }
}

/**
 * A private key. Printing it or turning it into JSON shows its curve only.
 *
 * Never use the key of a blockchain account for AMOP: what a topic key signs may be chosen by
 * others (docs/protocol.md, "Signature"; defect D-04).
 */
export class PrivateKey {
  /** The curve that the key is for. */
  readonly curve: KeyCurve;
  readonly #secret: Uint8Array;
  /** Worked out when it is first asked for: it takes about a millisecond. */
  #publicKey: PublicKey | undefined;

  /**
   * @param curve the curve that the key is for
   * @param secret 32 bytes, big-endian, from 1 to the group order - 1; copied
   * @throws CryptoError `AMOP_CRYPTO_INVALID_PRIVATE_KEY`
   */
  constructor(curve: KeyCurve, secret: Uint8Array) {
    if (!CURVES[curve].utils.isValidSecretKey(secret)) {
      const reason = `not a number of ${PRIVATE_KEY_BYTES} bytes from 1 to the group order - 1`;
      throw new CryptoError(
        'AMOP_CRYPTO_INVALID_PRIVATE_KEY',
        `The bytes are no private key for ${curve}: ${reason}.`,
        { reason },
      );
    }
    this.curve = curve;
    this.#secret = secret.slice();
  }

  /** Gives back the secret number, 32 fresh bytes. Overwrite them after use. */
  toBytes(): Uint8Array {
    return this.#secret.slice();
  }

  /** Gives back the public key that belongs to it. */
  publicKey(): PublicKey {
    this.#publicKey ??= new PublicKey(
      this.curve,
      CURVES[this.curve].getPublicKey(this.#secret, false).subarray(1),
    );
    return this.#publicKey;
  }
}

/** A private key with its public key. */
export interface KeyPair {
  readonly privateKey: PrivateKey;
  readonly publicKey: PublicKey;
}

/**
 * Makes a fresh key pair from the system's random source.
 *
 * @param curve `'secp256k1'` for topics and towards originals, `'p256'` between ours
 */
export function generateKeyPair(curve: KeyCurve): KeyPair {
  const namedCurve = curve === 'p256' ? 'P-256' : curve;
  const secret = ecCoordinates(generateKeyPairSync('ec', { namedCurve }).privateKey)?.secret;
  const privateKey = new PrivateKey(curve, secret ?? new Uint8Array());
  return { privateKey, publicKey: privateKey.publicKey() };
}

function invalidPublicKey(reason: string): CryptoError {
  return new CryptoError(
    'AMOP_CRYPTO_INVALID_PUBLIC_KEY',
    `The bytes are no public key: ${reason}.`,
    { reason },
  );
}
