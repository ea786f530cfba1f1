import { CryptoError } from '../errors.ts';
import { loadPrivateKeyPem } from '../key/private-key-pem.ts';
import { keyIdentifier } from './certificate-extensions.ts';
import { type ParsedCertificate, readCertificate } from './certificate-reader.ts';
import type { Signer } from './certificate-writer.ts';
import { formatName } from './distinguished-name.ts';
import { checkKeyMatchesCertificate } from './key-match.ts';
import { splitPemChain } from './pem.ts';

/** A certificate and its key as PEM text. */
export interface CertificateWithKey {
  /** One certificate, ends in a line feed. */
  readonly certificatePem: string;
  /** PKCS#8, made unencrypted: write it to files that only their owner may read. */
  readonly privateKeyPem: string;
  /** Opens the key of an issuer when it is encrypted. */
  readonly passphrase?: string;
}

/** An issuer that was checked: its own certificate in DER, and what it signs with. */
export interface LoadedIssuer extends Signer {
  readonly certificate: ParsedCertificate;
  readonly der: Uint8Array;
}

/** What an issuer is: the root of a chain, an agency below one, or the root of an agency's channel. */
export type IssuerPlace = 'root' | 'agency' | 'channel';

/** What each of them issues, for messages. */
const ISSUED_BY: Readonly<Record<IssuerPlace, string>> = {
  root: 'only the root of a chain issues agencies',
  agency: 'only an agency issues leaves, this is the root',
  channel: "only the root of an agency's channel issues leaves of the channel port",
};

/**
 * Loads who is to issue certificates of one role below it: the root for agencies, an agency for
 * leaves, the root of a channel for leaves of the channel port. Also takes CA files that openssl made
 * for an original network.
 *
 * @throws CryptoError for texts that cannot be used (codes of {@link checkKeyMatchesCertificate}),
 *   `AMOP_CRYPTO_BROKEN_CHAIN` when it may not issue them
 */
export function loadIssuer(issuer: CertificateWithKey, place: IssuerPlace): LoadedIssuer {
  const { certificatePem, passphrase, privateKeyPem } = issuer;
  checkKeyMatchesCertificate(certificatePem, privateKeyPem, passphrase);
  const { der, certificate } = loadFirst(certificatePem);
  const isRoot = wasIssuedBy(certificate, certificate);
  if (!(certificate.isCa ?? isRoot)) {
    throw brokenChain(certificate, certificate, 'the issuer is not a certificate authority');
  }
  if (isRoot === (place === 'agency'))
    throw brokenChain(certificate, certificate, ISSUED_BY[place]);
  const { subject, subjectPublicKeyInfo } = certificate.asn1.tbsCertificate;
  return {
    certificate,
    der,
    name: subject,
    privateKey: loadPrivateKeyPem(privateKeyPem, passphrase),
    keyId: certificate.subjectKeyId ?? keyIdentifier(subjectPublicKeyInfo),
  };
}

/**
 * Gives back the root in DER after checking that it issued the agency.
 *
 * @throws CryptoError `AMOP_CRYPTO_BROKEN_CHAIN`, and those of a text that is no certificate
 */
export function loadRootOf(agency: LoadedIssuer, rootPem: string): Uint8Array {
  const { der, certificate } = loadFirst(rootPem);
  if (!wasIssuedBy(agency.certificate, certificate)) {
    throw brokenChain(agency.certificate, certificate, 'the root did not issue the agency');
  }
  return der;
}

/** The first certificate of a PEM text. */
export function loadFirst(pem: string): { der: Uint8Array; certificate: ParsedCertificate } {
  // splitPemChain gives at least one or throws.
  const [der = new Uint8Array()] = splitPemChain(pem);
  return { der, certificate: readCertificate(der) };
}

/** Whether the issuer's name and its key stand behind a certificate. */
export function wasIssuedBy(subject: ParsedCertificate, issuer: ParsedCertificate): boolean {
  return subject.x509.checkIssued(issuer.x509) && subject.x509.verify(issuer.publicKey);
}

/** The error for a certificate and an issuer that do not belong together. */
export function brokenChain(
  subject: ParsedCertificate,
  issuer: ParsedCertificate,
  reason: string,
): CryptoError {
  const names = [subject, issuer].map(({ asn1 }) => formatName(asn1.tbsCertificate.subject));
  const [subjectName = '', issuerName = ''] = names;
  return new CryptoError(
    'AMOP_CRYPTO_BROKEN_CHAIN',
    `"${issuerName}" cannot be used as issuer: ${reason}.`,
    { subject: subjectName, issuer: issuerName, reason },
  );
}
