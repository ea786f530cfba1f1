import { type PrivateKey, type PublicKey, SIGNATURE_BYTES, signDigest } from '@amop/crypto';
import { ClientError } from '../errors.ts';

/**
 * Whoever holds the key of a publisher or subscriber: this process, or a device that keeps it to
 * itself.
 */
export interface TopicSigner {
  /** A key on secp256k1. */
  readonly publicKey: PublicKey;
  /**
   * Signs 32 bytes as they are, without hashing them again: the SHA-256 of a text with a tag in front
   * (docs/private-topics.md), or the Keccak-256 of an original publisher's challenge.
   *
   * A device that gives DER or 64 bytes needs its signature converted; of the two values of v the right
   * one is that with which `verifyDigest` of `@amop/crypto` is true.
   *
   * @returns 65 bytes: r (32) | s (32, the low one) | v (0 or 1)
   */
  sign(digest: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/**
 * A signer that holds its key in this process.
 *
 * @throws ClientError `AMOP_CLIENT_OPTIONS` for a key that is not on secp256k1
 */
export function signerOf(key: PrivateKey): TopicSigner {
  if (key.curve !== 'secp256k1') {
    throw new ClientError(
      'AMOP_CLIENT_OPTIONS',
      `The key of a private topic must be on secp256k1, this one is on ${key.curve}.`,
      { option: 'privateKey' },
    );
  }
  return { publicKey: key.publicKey(), sign: (digest) => signDigest(digest, key) };
}

/**
 * What a signer gave, if it has the length of a signature.
 *
 * @throws TypeError that tells both lengths
 */
export function checkedSignature(signature: Uint8Array): Uint8Array {
  // What the application gives need not be what its type says.
  const given = signature instanceof Uint8Array ? `${signature.length} bytes` : 'no bytes';
  if (signature instanceof Uint8Array && signature.length === SIGNATURE_BYTES) return signature;
  throw new TypeError(`it gave ${given}, ${SIGNATURE_BYTES} are needed: r (32), s (32), v (1)`);
}

/**
 * Has a digest signed and writes the signature into `target`, 65 bytes.
 *
 * @throws whatever the signer throws; TypeError of {@link checkedSignature}
 */
export async function writeSignature(
  signer: TopicSigner,
  digest: Uint8Array,
  target: Uint8Array,
): Promise<void> {
  target.set(checkedSignature(await signer.sign(digest)));
}
