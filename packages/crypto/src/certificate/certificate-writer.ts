import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  Certificate,
  type Name,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';
import { buildExtensions, type CertificateRole, keyIdentifier } from './certificate-extensions.ts';

/** Object identifier of ECDSA with SHA-256. Source: RFC 5758, section 3.2. */
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';

/** Object identifier of PKCS#1 v1.5 signatures with SHA-256. Source: RFC 4055, section 5. */
const RSA_WITH_SHA256 = '1.2.840.113549.1.1.11';

const SERIAL_BYTES = 16;
const DAY_MS = 86_400_000;

/** How far back validity begins, so that a machine whose clock is behind accepts a new certificate. */
const CLOCK_TOLERANCE_MS = 3_600_000;

/** The world as the makers of certificates see it. */
export interface CertificateDependencies {
  /** Current time, ms since 1970. */
  readonly nowMs: number;
  /** Gives back that many unpredictable bytes; used for serial numbers, not for keys. */
  randomBytes(count: number): Uint8Array;
}

/** Who signs a certificate: its name, its key, and the identifier that its own certificate gives that key. */
export interface Signer {
  readonly name: Name;
  readonly privateKey: KeyObject;
  readonly keyId: ArrayBuffer;
}

/** Contents of a certificate to be written. */
export interface CertificateContent {
  readonly role: CertificateRole;
  readonly subject: Name;
  /** Private or public; a root needs the private one. */
  readonly subjectKey: KeyObject;
  /** Identifier of the subject's key, when an older certificate of it has given it one. */
  readonly subjectKeyId?: ArrayBuffer;
  readonly validityDays: number;
}

/**
 * Writes one X.509 v3 certificate, signed with SHA-256 and ECDSA or RSA, by the kind of the signing key.
 *
 * @param signer who issues it; `undefined`: the subject itself (a root)
 * @returns the certificate in DER, fresh bytes
 */
export function writeCertificate(
  content: CertificateContent,
  signer: Signer | undefined,
  dependencies: CertificateDependencies,
): Uint8Array {
  const subjectPublicKeyInfo = publicKeyInfo(content.subjectKey);
  const subjectKeyId = content.subjectKeyId ?? keyIdentifier(subjectPublicKeyInfo);
  const signingKey = signer?.privateKey ?? content.subjectKey;
  const signature = signatureAlgorithmOf(signingKey);
  const beginMs = dependencies.nowMs - CLOCK_TOLERANCE_MS;
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(dependencies),
    signature,
    issuer: signer?.name ?? content.subject,
    validity: new Validity({
      notBefore: new Date(beginMs),
      notAfter: new Date(beginMs + content.validityDays * DAY_MS),
    }),
    subject: content.subject,
    subjectPublicKeyInfo,
    extensions: buildExtensions(
      { role: content.role, isRsa: content.subjectKey.asymmetricKeyType === 'rsa' },
      subjectKeyId,
      signer?.keyId ?? subjectKeyId,
    ),
  });
  const signed = new Uint8Array(AsnConvert.serialize(tbsCertificate));
  const signatureValue = sign('sha256', signed, signingKey);
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: signature,
    signatureValue: new Uint8Array(signatureValue).buffer,
  });
  return new Uint8Array(AsnConvert.serialize(certificate));
}

/** The parameters of RSA are an explicit NULL, those of ECDSA are left out. Source: RFC 4055, 5758. */
function signatureAlgorithmOf(key: KeyObject): AlgorithmIdentifier {
  return key.asymmetricKeyType === 'rsa'
    ? new AlgorithmIdentifier({ algorithm: RSA_WITH_SHA256, parameters: null })
    : new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
}

/** Gives back the public half of a key in the form that certificates hold. */
function publicKeyInfo(key: KeyObject): SubjectPublicKeyInfo {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const der = publicKey.export({ format: 'der', type: 'spki' });
  return AsnConvert.parse(der, SubjectPublicKeyInfo);
}

/** 126 random bits: the top bit is clear (positive), the next one set (never zero, one length). */
function serialNumber(dependencies: CertificateDependencies): ArrayBuffer {
  const bytes = Uint8Array.from(dependencies.randomBytes(SERIAL_BYTES));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.buffer;
}
