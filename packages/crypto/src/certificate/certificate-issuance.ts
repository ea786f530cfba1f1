import { Buffer } from 'node:buffer';
import { CryptoError } from '../errors.ts';
import { loadPrivateKeyPem } from '../key/private-key-pem.ts';
import { type CertificateRole, isAuthority } from './certificate-extensions.ts';
import type { CertificateWithKey, LoadedIssuer } from './certificate-issuer.ts';
import { type CertificateDependencies, writeCertificate } from './certificate-writer.ts';
import { createName, NameAttribute } from './distinguished-name.ts';
import { formatPem } from './pem.ts';

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
  /** The key to be certified, PKCS#8. */
  readonly privateKeyPem: string;
  readonly validityDays?: number;
}

/**
 * Makes a certificate for a key.
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
): CertificateWithKey {
  const { role, commonName, privateKeyPem, validityDays = DEFAULT_VALIDITY_DAYS } = options;
  checkCommonName(role, commonName);
  checkValidity(validityDays);
  const subjectKey = loadPrivateKeyPem(privateKeyPem);
  const unique = isAuthority(role) ? uniqueText(dependencies) : undefined;
  const subject = createName([
    [NameAttribute.commonName, commonName],
    [NameAttribute.organization, ORGANIZATION],
    [NameAttribute.organizationalUnit, role],
    ...(unique === undefined ? [] : [[NameAttribute.serialNumber, unique] as const]),
  ]);
  const der = writeCertificate({ role, subject, subjectKey, validityDays }, issuer, dependencies);
  return { certificatePem: formatPem('CERTIFICATE', der), privateKeyPem };
}

function uniqueText(dependencies: CertificateDependencies): string {
  return Buffer.from(dependencies.randomBytes(UNIQUE_BYTES)).toString('hex');
}

function checkCommonName(role: CertificateRole, commonName: string): void {
  const characters = [...commonName].length;
  if (characters < 1 || characters > MAX_NAME_CHARACTERS || /[\p{Cc}\p{Cs}]/u.test(commonName)) {
    throw invalidOption(
      role === 'agency' || role === 'channel' ? 'agency' : 'commonName',
      `${characters} characters`,
      `1 to ${MAX_NAME_CHARACTERS} characters, none of them a control character`,
    );
  }
}

/** @throws CryptoError `AMOP_CRYPTO_INVALID_OPTION` for a number of days that is not allowed */
export function checkValidity(days: number): void {
  if (!Number.isInteger(days) || days < 1 || days > DEFAULT_VALIDITY_DAYS) {
    throw invalidOption(
      'validityDays',
      `${days}`,
      `a whole number from 1 to ${DEFAULT_VALIDITY_DAYS}`,
    );
  }
}

/** The error for an option of a certificate to be made. */
export function invalidOption(option: string, found: string, allowed: string): CryptoError {
  return new CryptoError(
    'AMOP_CRYPTO_INVALID_OPTION',
    `Option "${option}" must be ${allowed}, not ${found}.`,
    { option, found, allowed },
  );
}
