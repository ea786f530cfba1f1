import { Buffer } from 'node:buffer';
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { CryptoError } from '../errors.ts';

/** Longest passphrase that OpenSSL reads a PEM key with. Source: PEM_BUFSIZE, less its end. */
const MAX_PASSPHRASE_BYTES = 1023;

/**
 * Loads a private key of any kind (EC, RSA, Ed25519) from PEM text.
 *
 * PKCS#8, encrypted PKCS#8, SEC1 and PKCS#1 are understood; other blocks (EC PARAMETERS,
 * certificates) are passed over.
 *
 * @throws CryptoError `AMOP_CRYPTO_PASSPHRASE`, `AMOP_CRYPTO_INVALID_PRIVATE_KEY`
 */
export function loadPrivateKeyPem(pem: string, passphrase?: string): KeyObject {
  const encrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem);
  // Without this OpenSSL would ask for it on the terminal in some versions of Node.
  if (encrypted && passphrase === undefined) {
    throw new CryptoError(
      'AMOP_CRYPTO_PASSPHRASE',
      'The private key is encrypted and no passphrase was given.',
      { passphrase: 'missing' },
    );
  }
  try {
    return createPrivateKey(
      passphrase === undefined
        ? { key: pem, format: 'pem' }
        : { key: pem, format: 'pem', passphrase },
    );
  } catch (cause) {
    if (encrypted) {
      throw new CryptoError(
        'AMOP_CRYPTO_PASSPHRASE',
        'The passphrase does not open the encrypted private key.',
        { passphrase: 'wrong' },
        { cause },
      );
    }
    const found = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/.test(pem)
      ? 'the block is damaged or of an unknown kind of key'
      : 'there is no private key in it';
    throw new CryptoError(
      'AMOP_CRYPTO_INVALID_PRIVATE_KEY',
      `The PEM text cannot be used as private key: ${found}.`,
      { reason: found },
      { cause },
    );
  }
}

/**
 * Gives back a private key as encrypted PKCS#8 PEM (AES-256-CBC, its key from the passphrase by PBKDF2 as
 * OpenSSL does it). A key that is encrypted already is refused: it would need the old passphrase.
 *
 * @throws CryptoError `AMOP_CRYPTO_PASSPHRASE`, `AMOP_CRYPTO_INVALID_PRIVATE_KEY`,
 *   `AMOP_CRYPTO_INVALID_OPTION` for a passphrase that is empty or longer than OpenSSL takes
 */
export function encryptPrivateKeyPem(pem: string, passphrase: string): string {
  const bytes = Buffer.byteLength(passphrase);
  if (bytes < 1 || bytes > MAX_PASSPHRASE_BYTES) {
    throw new CryptoError(
      'AMOP_CRYPTO_INVALID_OPTION',
      `A passphrase has 1 to ${MAX_PASSPHRASE_BYTES} bytes, not ${bytes}.`,
      {
        option: 'passphrase',
        found: `${bytes} bytes`,
        allowed: `1 to ${MAX_PASSPHRASE_BYTES} bytes`,
      },
    );
  }
  return loadPrivateKeyPem(pem).export({
    format: 'pem',
    type: 'pkcs8',
    cipher: 'aes-256-cbc',
    passphrase,
  }) as string;
}
