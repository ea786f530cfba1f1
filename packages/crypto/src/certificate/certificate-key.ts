import { generateKeyPairSync } from 'node:crypto';
import { generateKeyPair, type KeyCurve, type KeyPair } from '../key/key.ts';
import { invalidOption } from './certificate-issuance.ts';

/**
 * Kind of keys of a whole chain. `secp256k1`: what originals use, TLS 1.2 only. `p256`: TLS 1.3
 * between ours.
 */
export type CertificateProfile = KeyCurve;

/** Bits of the RSA keys of channel certificates. Source: spec 15.1. */
const RSA_BITS = 2048;

/**
 * Makes the EC key of a certificate.
 *
 * It never begins with byte 00, as the original's scripts see to (spec 15.4).
 *
 * @param profile kind of key; that of the issuer when left out
 * @param issuer kind of key of the issuer: no other is allowed below it
 * @throws CryptoError `AMOP_CRYPTO_INVALID_OPTION`
 */
export function generateCertificateKey(
  profile: CertificateProfile | undefined,
  issuer?: CertificateProfile,
): KeyPair {
  const chosen = profile ?? issuer;
  const allowed: readonly CertificateProfile[] =
    issuer === undefined ? ['secp256k1', 'p256'] : [issuer];
  if (chosen === undefined || !allowed.includes(chosen)) {
    throw invalidOption('profile', `${chosen}`, allowed.join(' or '));
  }
  let pair = generateKeyPair(chosen);
  while (pair.privateKey.toBytes()[0] === 0) pair = generateKeyPair(chosen);
  return pair;
}

/** Makes the RSA key of a channel certificate, PKCS#8 PEM; takes about 0.2 s. */
export function generateRsaKeyPem(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
  return privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
}
