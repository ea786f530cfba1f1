import { Buffer } from 'node:buffer';
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type ContentInfo, id_data } from '@peculiar/asn1-cms';
import {
  AuthenticatedSafe,
  id_keyBag,
  id_pkcs8ShroudedKeyBag,
  PFX,
  type SafeBag,
  SafeContents,
} from '@peculiar/asn1-pfx';
import { EncryptedPrivateKeyInfo } from '@peculiar/asn1-pkcs8';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { CryptoError } from '../errors.ts';
import { PrivateKey } from '../key/key.ts';
import { supportedCoordinates } from '../key/key-text.ts';
import { checkMac } from './check-mac.ts';
import { checkIterations, invalidPkcs12 } from './invalid-pkcs12.ts';
import { iterationsOf } from './key-encryption.ts';

/** Far above a file with one key and its certificates. */
const MAX_FILE_BYTES = 256 * 1024;

const KEY_BAGS: ReadonlySet<string> = new Set([id_keyBag, id_pkcs8ShroudedKeyBag]);

/**
 * Gives back the private key in a PKCS#12 file (`.p12`, `.pfx`), as OpenSSL 1.1 and 3, the JDK and the account script
 * of FISCO BCOS write it. Certificates in the file are passed over, also where they are encrypted.
 *
 * Its MAC is checked first. Files without MAC, with several private keys or with more than 250 000 rounds of
 * derivation are refused.
 *
 * @param bytes the file, at most 256 KiB
 * @param password opens it; left out for a file with an empty one
 * @throws CryptoError `AMOP_CRYPTO_PASSPHRASE`, `AMOP_CRYPTO_INVALID_PRIVATE_KEY`, `AMOP_CRYPTO_UNSUPPORTED_KEY`
 * @see RFC 7292
 */
export function readPkcs12(bytes: Uint8Array, password?: string): PrivateKey {
  if (bytes.length > MAX_FILE_BYTES) {
    throw invalidPkcs12(`more than ${MAX_FILE_BYTES} bytes`);
  }
  const bags = readable(() => {
    const file = AsnConvert.parse(bytes, PFX);
    const contents = dataOf(file.authSafe);
    if (contents === undefined) throw invalidPkcs12('it is signed by a key instead of a password');
    checkMac(file.macData, contents, password);
    return AsnConvert.parse(contents, AuthenticatedSafe).flatMap(keyBagsOf);
  });
  const [bag, second] = bags;
  if (bag === undefined) throw invalidPkcs12('there is no private key in it');
  if (second !== undefined) throw invalidPkcs12(`there are ${bags.length} private keys in it`);
  const { curve, coordinates } = supportedCoordinates(openBag(bag, password ?? ''));
  return new PrivateKey(curve, coordinates.secret ?? new Uint8Array());
}

/** Turns what the ASN.1 reader throws into an error of this package. */
function readable<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof CryptoError) throw cause;
    throw invalidPkcs12('it is damaged, or no such file', cause);
  }
}

/** The bytes in a content that is not encrypted as a whole. */
function dataOf({ content, contentType }: ContentInfo): Uint8Array | undefined {
  if (contentType !== id_data) return undefined;
  return new Uint8Array(AsnConvert.parse(content, OctetString).buffer);
}

function keyBagsOf(content: ContentInfo): readonly SafeBag[] {
  const data = dataOf(content);
  // Certificates: keys are encrypted one by one.
  if (data === undefined) return [];
  return AsnConvert.parse(data, SafeContents).filter(({ bagId }) => KEY_BAGS.has(bagId));
}

function openBag({ bagId, bagValue }: SafeBag, passphrase: string): KeyObject {
  if (bagId === id_pkcs8ShroudedKeyBag) checkEncryption(bagValue);
  try {
    return createPrivateKey({
      key: Buffer.from(bagValue),
      format: 'der',
      type: 'pkcs8',
      passphrase,
    });
  } catch (cause) {
    throw invalidPkcs12('its key is damaged, or encrypted in a way that OpenSSL lacks', cause);
  }
}

function checkEncryption(bagValue: ArrayBuffer): void {
  const { algorithm, iterations } = readable(() => {
    const { encryptionAlgorithm } = AsnConvert.parse(bagValue, EncryptedPrivateKeyInfo);
    const { algorithm } = encryptionAlgorithm;
    return { algorithm, iterations: iterationsOf(encryptionAlgorithm) };
  });
  if (iterations === undefined) throw invalidPkcs12(`its key is encrypted with ${algorithm}`);
  checkIterations(iterations);
}
