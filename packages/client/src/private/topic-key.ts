import { CryptoError, PrivateKey, PublicKey, parsePublicKey } from '@amop/crypto';
import { signerOf, type TopicSigner } from '../bound/topic-signer.ts';
import { ClientError } from '../errors.ts';

/**
 * A public key of a private topic from any of its forms.
 *
 * @param option named in the error
 * @throws ClientError `AMOP_CLIENT_OPTIONS`
 */
export function parseTopicKey(key: PublicKey | string, option: string): PublicKey {
  let parsed: PublicKey;
  try {
    if (typeof key !== 'string' && !(key instanceof PublicKey)) {
      throw badKey(option, 'a key is a PublicKey, 128 hex digits or PEM');
    }
    parsed = typeof key === 'string' ? parsePublicKey(key) : key;
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    throw badKey(option, cause.message, cause);
  }
  if (parsed.curve === 'secp256k1') return parsed;
  throw badKey(option, `a topic key lies on secp256k1, not on ${parsed.curve}`);
}

/**
 * Whoever signs with the key that an option names.
 *
 * @param option named in the error
 * @throws ClientError `AMOP_CLIENT_OPTIONS`
 */
export function signerFrom(key: PrivateKey | TopicSigner, option: string): TopicSigner {
  const signer = key instanceof PrivateKey && key.curve === 'secp256k1' ? signerOf(key) : key;
  if (signer instanceof PrivateKey) {
    throw badKey(option, `a topic key lies on secp256k1, not on ${signer.curve}`);
  }
  const isSigner =
    typeof signer === 'object' &&
    signer !== null &&
    typeof signer.sign === 'function' &&
    signer.publicKey instanceof PublicKey;
  if (!isSigner) {
    throw badKey(
      option,
      'must be a PrivateKey (parsePrivateKey of @amop/crypto reads files) or { publicKey, sign }',
    );
  }
  if (signer.publicKey.curve === 'secp256k1') return signer;
  throw badKey(option, `a topic key lies on secp256k1, not on ${signer.publicKey.curve}`);
}

function badKey(option: string, text: string, cause?: unknown): ClientError {
  const details = { option, reason: 'bad-key' } as const;
  return new ClientError('AMOP_CLIENT_OPTIONS', `${option}: ${text}`, details, { cause });
}
