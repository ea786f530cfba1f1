import type { KeyObject } from 'node:crypto';
import { formatPrivateKeyPem, supportedCoordinates } from '../key/key-text.ts';
import { loadPrivateKeyPem } from '../key/private-key-pem.ts';
import type { CertificateRole } from './certificate-extensions.ts';
import { checkValidity, DEFAULT_VALIDITY_DAYS } from './certificate-issuance.ts';
import {
  brokenChain,
  type CertificateWithKey,
  type IssuerPlace,
  type LoadedIssuer,
  loadFirst,
  loadIssuer,
  loadRootOf,
  wasIssuedBy,
} from './certificate-issuer.ts';
import { generateCertificateKey, generateRsaKeyPem } from './certificate-key.ts';
import type { ParsedCertificate } from './certificate-reader.ts';
import { type CertificateDependencies, writeCertificate } from './certificate-writer.ts';
import { findNameAttribute, NameAttribute } from './distinguished-name.ts';
import { formatPem } from './pem.ts';

/** Options of {@link renewLeaf}. */
export interface LeafRenewalOptions {
  /** The certificate to be renewed, alone or as the first of a chain. */
  readonly certificatePem: string;
  /** What it is for. */
  readonly kind: 'node' | 'sdk';
  /** Who issued it: the agency, or the root of the agency's channel. */
  readonly issuer: CertificateWithKey;
  /** The root that issued the agency; not needed below the root of a channel. */
  readonly root?: Pick<CertificateWithKey, 'certificatePem'>;
  /** Days of validity, from 1 to 36500; 36500 when left out. */
  readonly validityDays?: number;
  /** A new key instead of the one that the certificate has: the node ID becomes another. */
  readonly isNewKey?: boolean;
}

/** A renewed leaf. */
export interface RenewedLeaf {
  /** One certificate. */
  readonly certificatePem: string;
  /** The leaf and all above it: what `node.crt` and `sdk.crt` hold. */
  readonly chainPem: string;
  /** The new key, PKCS#8, unencrypted; missing when the old one stays. */
  readonly privateKeyPem?: string;
}

/** Options of {@link renewAuthority}. */
export interface AuthorityRenewalOptions {
  /** The certificate to be renewed, alone or as the first of a chain. */
  readonly certificatePem: string;
  /** Who issued it: the root for an agency; itself, with its key, for a root. */
  readonly issuer: CertificateWithKey;
  /** Days of validity, from 1 to 36500; 36500 when left out. */
  readonly validityDays?: number;
}

/**
 * Makes a certificate with the subject and the key of an older one, and a validity that begins now. The
 * private key is not needed, and the node ID stays.
 *
 * The extensions are those of new certificates, whatever the older one had.
 *
 * @throws CryptoError `AMOP_CRYPTO_BROKEN_CHAIN` when `issuer` did not issue it, and those of a text or a
 *   key that cannot be used; `AMOP_CRYPTO_INVALID_OPTION`
 */
export function renewLeaf(
  options: LeafRenewalOptions,
  dependencies: CertificateDependencies,
): RenewedLeaf {
  const { certificate: old } = loadFirst(options.certificatePem);
  const isChannel = options.root === undefined;
  const issuer = loadIssuerOf(old, options.issuer, isChannel ? 'channel' : 'agency');
  const root = options.root && loadRootOf(issuer, options.root.certificatePem);
  const privateKeyPem = options.isNewKey === true ? newKeyFor(issuer) : undefined;
  const subjectKey = privateKeyPem === undefined ? old.publicKey : loadPrivateKeyPem(privateKeyPem);
  const certificatePem = reissue(
    old,
    { ...options, role: options.kind, subjectKey },
    issuer,
    dependencies,
  );
  const above = root === undefined ? [issuer.der] : [issuer.der, root];
  return {
    certificatePem,
    chainPem: certificatePem + above.map((der) => formatPem('CERTIFICATE', der)).join(''),
    ...(privateKeyPem === undefined ? {} : { privateKeyPem }),
  };
}

/**
 * Makes a certificate for an agency or for a root with the subject, the key and the key identifier of an
 * older one: what it issued before leads to the new one as well.
 *
 * @throws CryptoError as {@link renewLeaf}
 */
export function renewAuthority(
  options: AuthorityRenewalOptions,
  dependencies: CertificateDependencies,
): string {
  const { certificate: old } = loadFirst(options.certificatePem);
  const issuer = loadIssuerOf(old, options.issuer, 'root');
  const isRoot = wasIssuedBy(old, old);
  if (!(old.isCa ?? isRoot)) throw brokenChain(old, old, 'it is not a certificate authority');
  const unit = findNameAttribute(old.asn1.tbsCertificate.subject, NameAttribute.organizationalUnit);
  const role = !isRoot ? 'agency' : unit === 'channel' ? 'channel' : 'chain';
  return reissue(old, { ...options, role, subjectKey: old.publicKey }, issuer, dependencies);
}

interface Reissue {
  readonly role: CertificateRole;
  readonly subjectKey: KeyObject;
  readonly validityDays?: number;
}

function reissue(
  old: ParsedCertificate,
  { role, subjectKey, validityDays = DEFAULT_VALIDITY_DAYS }: Reissue,
  issuer: LoadedIssuer,
  dependencies: CertificateDependencies,
): string {
  checkValidity(validityDays);
  const { subject } = old.asn1.tbsCertificate;
  const keepsKey = subjectKey === old.publicKey && old.subjectKeyId !== undefined;
  const keyId = keepsKey && old.subjectKeyId ? { subjectKeyId: old.subjectKeyId } : {};
  const der = writeCertificate(
    { role, subject, subjectKey, validityDays, ...keyId },
    issuer,
    dependencies,
  );
  return formatPem('CERTIFICATE', der);
}

function loadIssuerOf(
  old: ParsedCertificate,
  issuer: CertificateWithKey,
  place: IssuerPlace,
): LoadedIssuer {
  const loaded = loadIssuer(issuer, place);
  const isRsa = loaded.privateKey.asymmetricKeyType === 'rsa';
  if (!isRsa) supportedCoordinates(loaded.certificate.publicKey);
  if (wasIssuedBy(old, loaded.certificate)) return loaded;
  throw brokenChain(old, loaded.certificate, 'it did not issue the certificate to be renewed');
}

function newKeyFor(issuer: LoadedIssuer): string {
  if (issuer.privateKey.asymmetricKeyType === 'rsa') return generateRsaKeyPem();
  const { curve } = supportedCoordinates(issuer.certificate.publicKey);
  return formatPrivateKeyPem(generateCertificateKey(curve).privateKey);
}
