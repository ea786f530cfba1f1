import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { CryptoError } from '../errors.ts';
import { type EcCoordinates, ecCoordinates } from './ec-coordinates.ts';
import { type KeyCurve, PrivateKey, PublicKey } from './key.ts';
import { loadPrivateKeyPem } from './private-key-pem.ts';

const PRIVATE_HEX = /^(?:0[xX])?([0-9a-fA-F]{64})$/;
const PUBLIC_HEX = /^(?:0[xX])?(?:04)?([0-9a-fA-F]{128})$/;
const PEM_BOUNDARY = '-----BEGIN ';
const PUBLIC_BOUNDARY = '-----BEGIN PUBLIC KEY-----';
const PRIVATE_BOUNDARY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/;

/**
 * Gives back the private key in a PEM text (PKCS#8, encrypted PKCS#8, SEC1) or in 64 hex digits.
 *
 * Hex carries no curve and is taken as secp256k1; white space around either is ignored.
 *
 * @param passphrase opens an encrypted PEM key; not needed otherwise
 * @throws CryptoError `AMOP_CRYPTO_INVALID_PRIVATE_KEY`, `AMOP_CRYPTO_PASSPHRASE`,
 *   `AMOP_CRYPTO_UNSUPPORTED_KEY` for a key that is not on secp256k1 or P-256
 */
export function parsePrivateKey(text: string, passphrase?: string): PrivateKey {
  const digits = PRIVATE_HEX.exec(text.trim())?.[1];
  if (digits !== undefined) return new PrivateKey('secp256k1', bytesOfHex(digits));
  if (isPublicText(text)) {
    const reason = 'it is the public key of a pair; give the private one';
    throw new CryptoError(
      'AMOP_CRYPTO_INVALID_PRIVATE_KEY',
      `The text is no private key: ${reason}.`,
      { reason },
    );
  }
  if (!text.includes(PEM_BOUNDARY)) {
    const reason = 'neither PEM nor 64 hex digits';
    throw new CryptoError(
      'AMOP_CRYPTO_INVALID_PRIVATE_KEY',
      `The text of ${text.length} characters is no private key: ${reason}.`,
      { reason },
    );
  }
  const key = loadPrivateKeyPem(text, passphrase);
  const { curve, coordinates } = supportedCoordinates(key);
  return new PrivateKey(curve, coordinates.secret ?? new Uint8Array());
}

/**
 * Gives back the public key in a PEM text (`PUBLIC KEY`, SPKI) or in hex digits: 128, or 130 with
 * the leading `04`. Hex carries no curve and is taken as secp256k1.
 *
 * @throws CryptoError `AMOP_CRYPTO_INVALID_PUBLIC_KEY`, `AMOP_CRYPTO_UNSUPPORTED_KEY`
 */
export function parsePublicKey(text: string): PublicKey {
  const digits = PUBLIC_HEX.exec(text.trim())?.[1];
  if (digits !== undefined) return new PublicKey('secp256k1', bytesOfHex(digits));
  // Only this block: createPublicKey would also take a certificate or a private key.
  if (!text.includes(PUBLIC_BOUNDARY)) {
    if (PRIVATE_BOUNDARY.test(text) || PRIVATE_HEX.test(text.trim())) {
      throw invalidPublicKey('it is the private key of a pair; give the public one');
    }
    throw invalidPublicKey('neither a PUBLIC KEY in PEM nor 128 hex digits');
  }
  let key: KeyObject;
  try {
    key = createPublicKey({ key: text, format: 'pem' });
  } catch (cause) {
    throw invalidPublicKey('the PUBLIC KEY block is damaged', cause);
  }
  const { curve, coordinates } = supportedCoordinates(key);
  return new PublicKey(curve, coordinates.point);
}

/** Gives back the point as 128 lower-case hex digits, X then Y: for a node's key its node id. */
export function formatPublicKeyHex(publicKey: PublicKey): string {
  return Buffer.from(publicKey.toBytes()).toString('hex');
}

/** Gives back the private key as PKCS#8 PEM, unencrypted: write it to files only their owner may read. */
export function formatPrivateKeyPem(privateKey: PrivateKey): string {
  const key = { ...publicJwk(privateKey.publicKey()), d: base64Url(privateKey.toBytes()) };
  return createPrivateKey({ format: 'jwk', key }).export({
    format: 'pem',
    type: 'pkcs8',
  }) as string;
}

/** Gives back the public key as SPKI PEM (`PUBLIC KEY`), the form that a publisher is given. */
export function formatPublicKeyPem(publicKey: PublicKey): string {
  const key = publicJwk(publicKey);
  return createPublicKey({ format: 'jwk', key }).export({ format: 'pem', type: 'spki' }) as string;
}

/**
 * Gives back curve and coordinates of a key that this package can work with.
 *
 * @throws CryptoError `AMOP_CRYPTO_UNSUPPORTED_KEY`
 */
export function supportedCoordinates(key: KeyObject): {
  readonly curve: KeyCurve;
  readonly coordinates: EcCoordinates;
} {
  const coordinates = ecCoordinates(key);
  if (coordinates?.curve === 'secp256k1') return { curve: 'secp256k1', coordinates };
  if (coordinates?.curve === 'P-256') return { curve: 'p256', coordinates };
  const found =
    coordinates?.curve ?? (isSm2(key) ? 'SM2' : (key.asymmetricKeyType ?? 'of an unknown kind'));
  throw new CryptoError(
    'AMOP_CRYPTO_UNSUPPORTED_KEY',
    `The key must be an EC key on secp256k1 or P-256, it is ${found}.`,
    { found, allowed: 'secp256k1 or P-256' },
  );
}

/** DER of the object identifier 1.2.156.10197.1.301, the curve of SM2 (国密). */
const SM2_CURVE = Buffer.from('06082a811ccf5501822d', 'hex');

/** Node.js has no name for such keys, though OpenSSL reads them. */
function isSm2(key: KeyObject): boolean {
  const type = key.type === 'private' ? 'pkcs8' : 'spki';
  const der = key.export({ format: 'der', type });
  const isFound = Buffer.from(der).includes(SM2_CURVE);
  if (key.type === 'private') der.fill(0);
  return isFound;
}

function isPublicText(text: string): boolean {
  if (PUBLIC_HEX.test(text.trim())) return true;
  return text.includes(PUBLIC_BOUNDARY) && !PRIVATE_BOUNDARY.test(text);
}

function publicJwk(publicKey: PublicKey): JsonWebKey {
  const point = publicKey.toBytes();
  return {
    kty: 'EC',
    crv: publicKey.curve === 'p256' ? 'P-256' : 'secp256k1',
    x: base64Url(point.subarray(0, point.length / 2)),
    y: base64Url(point.subarray(point.length / 2)),
  };
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function bytesOfHex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

function invalidPublicKey(reason: string, cause?: unknown): CryptoError {
  return new CryptoError(
    'AMOP_CRYPTO_INVALID_PUBLIC_KEY',
    `The text is no public key: ${reason}.`,
    { reason },
    { cause },
  );
}
