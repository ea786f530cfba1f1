import { type KeyObject, X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  type Extension,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_subjectKeyIdentifier,
  SubjectKeyIdentifier,
} from '@peculiar/asn1-x509';
import { CryptoError } from '../errors.ts';

/** One certificate as its two readers see it: OpenSSL for keys and signatures, ASN.1 for names. */
export interface ParsedCertificate {
  readonly x509: X509Certificate;
  readonly asn1: Certificate;
  readonly publicKey: KeyObject;
  /** What BasicConstraints say; `undefined` when the extension is missing. */
  readonly isCa: boolean | undefined;
  /** Subject key identifier; `undefined` when the extension is missing. */
  readonly subjectKeyId: ArrayBuffer | undefined;
  /** Key identifier of the issuer; `undefined` when it is not told. */
  readonly issuerKeyId: ArrayBuffer | undefined;
}

/**
 * Takes exactly one DER certificate apart. Nothing is verified.
 *
 * @throws CryptoError `AMOP_CRYPTO_INVALID_CERTIFICATE`
 */
export function readCertificate(der: Uint8Array): ParsedCertificate {
  let parsed: ParsedCertificate;
  try {
    const x509 = new X509Certificate(der);
    const asn1 = AsnConvert.parse(der, Certificate);
    const { extensions } = asn1.tbsCertificate;
    const constraints = findExtension(extensions, id_ce_basicConstraints);
    const keyId = findExtension(extensions, id_ce_subjectKeyIdentifier);
    parsed = {
      x509,
      asn1,
      publicKey: x509.publicKey,
      isCa: constraints && AsnConvert.parse(constraints, BasicConstraints).cA,
      subjectKeyId: keyId && AsnConvert.parse(keyId, SubjectKeyIdentifier).buffer,
      issuerKeyId: readIssuerKeyId(extensions),
    };
  } catch (cause) {
    throw invalidCertificate(
      der,
      'they are not one in DER, or its key is of an unknown kind',
      cause,
    );
  }
  // OpenSSL stops reading at the end of the certificate; the fingerprint would not cover the rest.
  if (parsed.x509.raw.length !== der.length) {
    throw invalidCertificate(der, `it ends after ${parsed.x509.raw.length} bytes`);
  }
  return parsed;
}

/** Gives back the value of an extension in DER, or `undefined` when it is missing. */
export function findExtension(
  extensions: readonly Extension[] | undefined,
  id: string,
): ArrayBuffer | undefined {
  return extensions?.find(({ extnID }) => extnID === id)?.extnValue.buffer;
}

/** Gives back the issuer's key identifier that a certificate or a revocation list names, if it does. */
export function readIssuerKeyId(
  extensions: readonly Extension[] | undefined,
): ArrayBuffer | undefined {
  const value = findExtension(extensions, id_ce_authorityKeyIdentifier);
  return value && AsnConvert.parse(value, AuthorityKeyIdentifier).keyIdentifier?.buffer;
}

function invalidCertificate(der: Uint8Array, reason: string, cause?: unknown): CryptoError {
  return new CryptoError(
    'AMOP_CRYPTO_INVALID_CERTIFICATE',
    `The ${der.length} bytes cannot be used as certificate: ${reason}.`,
    { bytes: der.length, reason },
    { cause },
  );
}
