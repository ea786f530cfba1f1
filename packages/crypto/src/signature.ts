import { secp256k1 } from '@noble/curves/secp256k1.js';
import { DIGEST_BYTES, keccak256 } from './digest.ts';
import { CryptoError } from './errors.ts';
import { type PrivateKey, PublicKey } from './key/key.ts';

/** Bytes of a signature: r (32) | s (32) | v (1). */
export const SIGNATURE_BYTES = 65;

const RECOVERY_OFFSET = 64;

/**
 * Whose rules a signature must pass.
 *
 * - `strict`: both sets below at once; what {@link sign} makes always passes
 * - `java`: as the Java SDK. Exactly 65 bytes, v from 0 to 3, and the recovered key is the given
 *   one; a high s is accepted
 * - `go`: as the Go SDK. Exactly 65 bytes, of which v is not looked at; a high s is refused
 */
export type SignatureRules = 'strict' | 'java' | 'go';

/**
 * Signs `content` as a subscriber of a private topic does: the digest is its Keccak-256.
 *
 * Shape: r (32) | s (32) | v (1), big-endian, low s, v 0 or 1 (in theory also 2 or 3; not 27 or 28).
 * The nonce is that of RFC 6979, so the same input gives the same bytes.
 * Source: docs/protocol.md, "Signature" (spec 10.4).
 *
 * Nothing binds the signature to a topic or a node: sign only what is shaped like a challenge.
 *
 * @throws CryptoError `AMOP_CRYPTO_UNSUPPORTED_KEY` for a key that is not on secp256k1
 */
export function sign(content: Uint8Array, privateKey: PrivateKey): Uint8Array {
  return signDigest(keccak256(content), privateKey);
}

/**
 * Signs a digest of 32 bytes; shape and nonce as of {@link sign}.
 *
 * @throws CryptoError `AMOP_CRYPTO_UNSUPPORTED_KEY`, `AMOP_CRYPTO_INVALID_OPTION` (other length)
 */
export function signDigest(digest: Uint8Array, privateKey: PrivateKey): Uint8Array {
  if (privateKey.curve !== 'secp256k1') {
    throw new CryptoError(
      'AMOP_CRYPTO_UNSUPPORTED_KEY',
      `Topic signatures need a key on secp256k1, this one is on ${privateKey.curve}.`,
      { found: privateKey.curve, allowed: 'secp256k1' },
    );
  }
  if (digest.length !== DIGEST_BYTES) {
    throw new CryptoError(
      'AMOP_CRYPTO_INVALID_OPTION',
      `A digest has ${DIGEST_BYTES} bytes, ${digest.length} were given.`,
      { option: 'digest', found: `${digest.length} bytes`, allowed: `${DIGEST_BYTES} bytes` },
    );
  }
  const secret = privateKey.toBytes();
  // The library puts v first, the wire puts it last.
  const vFirst = secp256k1.sign(digest, secret, {
    prehash: false,
    lowS: true,
    format: 'recovered',
  });
  secret.fill(0);
  return Uint8Array.of(...vFirst.subarray(1), ...vFirst.subarray(0, 1));
}

/**
 * Tells whether `signature` is one of `publicKey` over the Keccak-256 of `content`.
 *
 * Whatever comes over the wire gives `true` or `false`; nothing is thrown for it, and a key that
 * is not on secp256k1 never matches.
 *
 * @param rules whose verdict to give; `strict` when left out
 */
export function verify(
  signature: Uint8Array,
  content: Uint8Array,
  publicKey: PublicKey,
  rules: SignatureRules = 'strict',
): boolean {
  return verifyDigest(signature, keccak256(content), publicKey, rules);
}

/**
 * Tells whether `signature` is one of `publicKey` over a digest, as {@link verify} does for a
 * content. A digest that has not 32 bytes was never signed: `false`.
 */
export function verifyDigest(
  signature: Uint8Array,
  digest: Uint8Array,
  publicKey: PublicKey,
  rules: SignatureRules = 'strict',
): boolean {
  if (signature.length !== SIGNATURE_BYTES || publicKey.curve !== 'secp256k1') return false;
  if (digest.length !== DIGEST_BYTES) return false;
  const point = uncompressedPoint(publicKey);
  if (rules === 'go') {
    const compact = signature.subarray(0, RECOVERY_OFFSET);
    return secp256k1.verify(compact, digest, point, { prehash: false, lowS: true });
  }
  return secp256k1.verify(recoveryFirst(signature), digest, point, {
    prehash: false,
    lowS: rules === 'strict',
    format: 'recovered',
  });
}

/**
 * Gives back the public key that made `signature` over the Keccak-256 of `content`, or `undefined`
 * when no key can have made it (wrong length, v above 3, r or s out of range).
 *
 * A high s is accepted, so the result alone is no proof that the bytes are the signer's own.
 */
export function recover(signature: Uint8Array, content: Uint8Array): PublicKey | undefined {
  if (signature.length !== SIGNATURE_BYTES) return undefined;
  let compressed: Uint8Array;
  try {
    compressed = secp256k1.recoverPublicKey(recoveryFirst(signature), keccak256(content), {
      prehash: false,
    });
  } catch {
    // The library has one way to say "no such key", for v above 3 too: it throws.
    return undefined;
  }
  return new PublicKey(
    'secp256k1',
    secp256k1.Point.fromBytes(compressed).toBytes(false).subarray(1),
  );
}

function recoveryFirst(signature: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(SIGNATURE_BYTES);
  bytes.set(signature.subarray(RECOVERY_OFFSET), 0);
  bytes.set(signature.subarray(0, RECOVERY_OFFSET), 1);
  return bytes;
}

function uncompressedPoint(publicKey: PublicKey): Uint8Array {
  return Uint8Array.of(0x04, ...publicKey.toBytes());
}
