import { Buffer } from 'node:buffer';
import { ecCoordinates, type JwkCurve } from '../key/ec-coordinates.ts';
import { PUBLIC_POINT_BYTES } from '../key/key.ts';
import { type NodeId, parseNodeId } from '../node-id.ts';
import { readCertificate } from './certificate-reader.ts';
import { findNameAttribute, formatName, NameAttribute } from './distinguished-name.ts';

/** What AMOP reads from a certificate. Plain data, made once and kept for the whole connection. */
export interface CertificateIdentity {
  /** The node id, for an EC key with a point of 64 bytes; `undefined` for RSA, Ed25519, P-384 ... */
  readonly nodeId: NodeId | undefined;
  /** The curve of an EC key that has a JWK name; `undefined` for other kinds of keys. */
  readonly curve: JwkCurve | undefined;
  /** First CN of the subject (name of the node or the agency); empty when there is none. */
  readonly commonName: string;
  /** First OU of the subject: `node`, `sdk`, `agency` or `chain` in the original's certificates. */
  readonly organizationalUnit?: string;
  /** First CN of the issuer: for a leaf the agency; empty when there is none. */
  readonly issuerCommonName: string;
  /** Whole name of the issuer, `CN=bankA, O=fisco-bcos, ...`: equal for leaves of one agency. */
  readonly issuerName: string;
  /** Whole name of the subject, in the same form. */
  readonly subjectName: string;
  /** Serial number, upper-case hex digits as OpenSSL prints it. */
  readonly serialNumber: string;
  /** Key identifier of the issuer, lower-case hex digits; missing when the certificate names none. */
  readonly issuerKeyId?: string;
  /** SHA-256 of the whole certificate, 64 lower-case hex digits. */
  readonly fingerprint256: string;
  /** Begin of validity, ms since 1970. */
  readonly validFromMs: number;
  /** End of validity, ms since 1970. */
  readonly validToMs: number;
  /** Whether BasicConstraints say CA:TRUE; `false` when the extension is missing. */
  readonly isCa: boolean;
  /** Whether there are BasicConstraints at all; originals pass over leaves that have none (D-29). */
  readonly hasBasicConstraints: boolean;
}

/**
 * Reads the identity out of one certificate.
 *
 * Nothing is verified here: that is the TLS layer's job, before. The point may be stored compressed,
 * the node id is the same. Safe on every Node: the legacy object, whose making crashes Node from
 * 23.11 on for secp256k1, is never asked for.
 * Source: docs/protocol.md, "Node id" (spec 15.2).
 *
 * @param der exactly one certificate, as `getPeerX509Certificate()?.raw` or {@link splitPemChain} give it
 * @throws CryptoError `AMOP_CRYPTO_INVALID_CERTIFICATE`
 */
export function describeCertificate(der: Uint8Array): CertificateIdentity {
  const { x509, asn1, publicKey, isCa, issuerKeyId } = readCertificate(der);
  const { subject, issuer, validity } = asn1.tbsCertificate;
  const coordinates = ecCoordinates(publicKey);
  const organizationalUnit = findNameAttribute(subject, NameAttribute.organizationalUnit);
  return {
    nodeId:
      coordinates?.point.length === PUBLIC_POINT_BYTES
        ? parseNodeId(Buffer.from(coordinates.point).toString('hex'))
        : undefined,
    curve: coordinates?.curve,
    commonName: findNameAttribute(subject, NameAttribute.commonName) ?? '',
    ...(organizationalUnit === undefined ? {} : { organizationalUnit }),
    issuerCommonName: findNameAttribute(issuer, NameAttribute.commonName) ?? '',
    issuerName: formatName(issuer),
    subjectName: formatName(subject),
    serialNumber: x509.serialNumber,
    ...(issuerKeyId === undefined ? {} : { issuerKeyId: hexOf(issuerKeyId) }),
    fingerprint256: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    validFromMs: validity.notBefore.getTime().getTime(),
    validToMs: validity.notAfter.getTime().getTime(),
    isCa: isCa ?? false,
    hasBasicConstraints: isCa !== undefined,
  };
}

/** Bytes as lower-case hex digits. */
export function hexOf(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString('hex');
}

/**
 * Tells whether a certificate was issued by another: the names fit, and the signature is of the other's
 * key. Nothing else is looked at, neither time nor whether the issuer is an authority.
 *
 * @param der exactly one certificate in DER, as the issuer
 * @throws CryptoError `AMOP_CRYPTO_INVALID_CERTIFICATE`
 */
export function isIssuedBy(der: Uint8Array, issuerDer: Uint8Array): boolean {
  const subject = readCertificate(der);
  const issuer = readCertificate(issuerDer);
  return subject.x509.checkIssued(issuer.x509) && subject.x509.verify(issuer.publicKey);
}
