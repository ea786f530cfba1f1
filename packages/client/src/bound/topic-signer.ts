import { type PrivateKey, type PublicKey, signDigest } from '@amop/crypto';
import { ClientError } from '../errors.ts';

/**
 * Whoever holds the key of a publisher or subscriber: this process, or a device that keeps it to
 * itself.
 */
export interface TopicSigner {
  /** A key on secp256k1. */
  readonly publicKey: PublicKey;
  /**
   * Signs 32 bytes as they are, without hashing them again.
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
 * Has a digest signed and writes the signature into `target`, 65 bytes.
 *
 * @throws whatever the signer throws; TypeError if it does not give 65 bytes
 */
export async function writeSignature(
  signer: TopicSigner,
  digest: Uint8Array,
  target: Uint8Array,
): Promise<void> {
  const signature = await signer.sign(digest);
  if (!(signature instanceof Uint8Array) || signature.length !== target.length) {
    throw new TypeError(`the signer gave no signature of ${target.length} bytes`);
  }
  target.set(signature);
}
