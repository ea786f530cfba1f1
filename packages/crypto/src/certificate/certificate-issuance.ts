import { Buffer } from 'node:buffer';
import { CryptoError } from '../errors.ts';
import { generateKeyPair, type KeyCurve, type KeyPair, type PublicKey } from '../key/key.ts';
import { formatPrivateKeyPem } from '../key/key-text.ts';
import { loadPrivateKeyPem } from '../key/private-key-pem.ts';
import type { CertificateRole } from './certificate-extensions.ts';
import type { CertificateWithKey, LoadedIssuer } from './certificate-issuer.ts';
import { type CertificateDependencies, writeCertificate } from './certificate-writer.ts';
import { createName, NameAttribute } from './distinguished-name.ts';
import { formatPem } from './pem.ts';

/**
 * Kind of keys of a whole chain. `secp256k1`: also towards originals, TLS 1.2 only.
 * `p256`: only between ours, TLS 1.3.
 */
export type CertificateProfile = KeyCurve;

/** Validity of the original's certificates, and ours when not told otherwise. Source: spec 15.4. */
export const DEFAULT_VALIDITY_DAYS = 36_500;

/** Organisation that all certificates of an original network carry. Source: spec 15.4. */
const ORGANIZATION = 'fisco-bcos';

const UNIQUE_BYTES = 16;

/** Longest common name, in characters. Source: RFC 5280, appendix A, ub-common-name. */
const MAX_NAME_CHARACTERS = 64;

/** What is to be certified. */
export interface IssueOptions {
  readonly role: CertificateRole;
  readonly commonName: string;
  readonly profile?: CertificateProfile;
  readonly validityDays?: number;
}

/** A fresh certificate with its fresh key. */
export interface IssuedCertificate extends CertificateWithKey {
  readonly publicKey: PublicKey;
}

/**
 * Makes a key and a certificate for it.
 *
 * The subject of an authority gets a random serialNumber, so that no two of them share a name.
 *
 * @param issuer who signs; `undefined` for a root, which signs itself
 * @throws CryptoError `AMOP_CRYPTO_INVALID_OPTION`
 */
export function issue(
  options: IssueOptions,
  issuer: LoadedIssuer | undefined,
  dependencies: CertificateDependencies,
): IssuedCertificate {
  const { role, commonName, validityDays = DEFAULT_VALIDITY_DAYS } = options;
  checkCommonName(role, commonName);
  checkValidity(validityDays);
  const { privateKey, publicKey } = generateCertificateKey(profileOf(options, issuer));
  const privateKeyPem = formatPrivateKeyPem(privateKey);
  const subjectKey = loadPrivateKeyPem(privateKeyPem);
  const unique = role === 'chain' || role === 'agency' ? uniqueText(dependencies) : undefined;
  const subject = createName([
    [NameAttribute.commonName, commonName],
    [NameAttribute.organization, ORGANIZATION],
    [NameAttribute.organizationalUnit, role],
    ...(unique === undefined ? [] : [[NameAttribute.serialNumber, unique] as const]),
  ]);
  const der = writeCertificate({ role, subject, subjectKey, validityDays }, issuer, dependencies);
  return {
    certificatePem: formatPem('CERTIFICATE', der),
    privateKeyPem,
    publicKey,
  };
}

function profileOf(options: IssueOptions, issuer: LoadedIssuer | undefined): CertificateProfile {
  const profile = options.profile ?? issuer?.curve;
  const allowed: readonly CertificateProfile[] =
    issuer === undefined ? ['secp256k1', 'p256'] : [issuer.curve];
  if (profile === undefined || !allowed.includes(profile)) {
    throw invalidOption('profile', `${profile}`, allowed.join(' or '));
  }
  return profile;
}

/** A private key never begins with byte 00, as the original's scripts see to (spec 15.4). */
function generateCertificateKey(profile: CertificateProfile): KeyPair {
  let pair = generateKeyPair(profile);
  while (pair.privateKey.toBytes()[0] === 0) pair = generateKeyPair(profile);
  return pair;
}

function uniqueText(dependencies: CertificateDependencies): string {
  return Buffer.from(dependencies.randomBytes(UNIQUE_BYTES)).toString('hex');
}

function checkCommonName(role: CertificateRole, commonName: string): void {
  const characters = [...commonName].length;
  if (characters < 1 || characters > MAX_NAME_CHARACTERS || /[\p{Cc}\p{Cs}]/u.test(commonName)) {
    throw invalidOption(
      role === 'agency' ? 'agency' : 'commonName',
      `${characters} characters`,
      `1 to ${MAX_NAME_CHARACTERS} characters, none of them a control character`,
    );
  }
}

function checkValidity(days: number): void {
  if (!Number.isInteger(days) || days < 1 || days > DEFAULT_VALIDITY_DAYS) {
    throw invalidOption(
      'validityDays',
      `${days}`,
      `a whole number from 1 to ${DEFAULT_VALIDITY_DAYS}`,
    );
  }
}

function invalidOption(option: string, found: string, allowed: string): CryptoError {
  return new CryptoError(
    'AMOP_CRYPTO_INVALID_OPTION',
    `Option "${option}" must be ${allowed}, not ${found}.`,
    { option, found, allowed },
  );
}
