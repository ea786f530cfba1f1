import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MacData } from '@peculiar/asn1-pfx';
import { CryptoError } from '../errors.ts';
import { deriveMacKey, type MacDigest, passwordBytes } from './derive-mac-key.ts';
import { checkIterations, invalidPkcs12 } from './invalid-pkcs12.ts';

const DIGESTS: ReadonlyMap<string, MacDigest> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

/**
 * Checks that the contents are what somebody wrote who knew the password.
 *
 * @param contents what the MAC is over
 * @throws CryptoError `AMOP_CRYPTO_PASSPHRASE` when it is not so, `AMOP_CRYPTO_INVALID_PRIVATE_KEY` for none or
 *   too many rounds, `AMOP_CRYPTO_UNSUPPORTED_KEY` for another kind of MAC
 */
export function checkMac(
  macData: MacData,
  contents: Uint8Array,
  password: string | undefined,
): void {
  const { iterations, mac, macSalt } = macData;
  const { algorithm } = mac.digestAlgorithm;
  // What the ASN.1 reader gives for a MAC that is left out.
  if (algorithm === '') throw invalidPkcs12('it has no MAC');
  const digest = DIGESTS.get(algorithm);
  if (digest === undefined) {
    throw new CryptoError(
      'AMOP_CRYPTO_UNSUPPORTED_KEY',
      `The MAC of the PKCS#12 file must be made with SHA-1 or SHA-2, it is of kind ${algorithm}.`,
      { found: algorithm, allowed: 'a MAC with SHA-1 or SHA-2' },
    );
  }
  checkIterations(iterations);
  const expected = new Uint8Array(mac.digest.buffer);
  // A file without password has one of no characters, or none at all: writers do not agree.
  const forms = password ? [passwordBytes(password)] : [passwordBytes(''), new Uint8Array()];
  const salt = new Uint8Array(macSalt.buffer);
  const isRight = forms.some((form) => {
    const key = deriveMacKey({ digest, password: form, salt, iterations });
    const found = createHmac(digest, key).update(contents).digest();
    return found.length === expected.length && timingSafeEqual(found, expected);
  });
  if (isRight) return;
  if (password === undefined) {
    throw new CryptoError(
      'AMOP_CRYPTO_PASSPHRASE',
      'The PKCS#12 file is encrypted and no passphrase was given.',
      { passphrase: 'missing' },
    );
  }
  throw new CryptoError(
    'AMOP_CRYPTO_PASSPHRASE',
    'The passphrase does not open the PKCS#12 file, or the file was changed.',
    { passphrase: 'wrong' },
  );
}
