import { createHash } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  SubjectKeyIdentifier,
  type SubjectPublicKeyInfo,
} from '@peculiar/asn1-x509';

/**
 * What a certificate may be used for.
 *
 * - `chain`: a root, issues agencies
 * - `agency`: issues leaves, no further CA below it
 * - `node`: either side of TLS (a node dials peers and is dialled)
 * - `sdk`: the client's side of TLS
 */
export type CertificateRole = 'chain' | 'agency' | 'node' | 'sdk';

const KEY_ID_BYTES = 20;

/**
 * Builds the extensions of a certificate: basic constraints, key usage, extended key usage for
 * leaves, and both key identifiers.
 *
 * A leaf says CA:FALSE, though that is the default: originals pass over certificates that have no
 * BasicConstraints when they look for the leaf's identity (spec 15.3).
 *
 * @param authorityKeyId {@link keyIdentifier} of the issuer; a root's own
 */
export function buildExtensions(
  role: CertificateRole,
  subjectKeyId: ArrayBuffer,
  authorityKeyId: ArrayBuffer,
): Extensions {
  const authority = new AuthorityKeyIdentifier({
    keyIdentifier: new KeyIdentifier(authorityKeyId),
  });
  return new Extensions([
    extension(id_ce_basicConstraints, basicConstraintsOf(role), true),
    extension(id_ce_keyUsage, keyUsageOf(role), true),
    ...extendedKeyUsageOf(role),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(subjectKeyId), false),
    extension(id_ce_authorityKeyIdentifier, authority, false),
  ]);
}

/**
 * Gives back the identifier of a public key: the first 20 bytes of the SHA-256 of its bit string.
 * Source: RFC 7093, section 2, method 1.
 */
export function keyIdentifier(publicKey: SubjectPublicKeyInfo): ArrayBuffer {
  const hash = createHash('sha256').update(new Uint8Array(publicKey.subjectPublicKey)).digest();
  return new Uint8Array(hash.subarray(0, KEY_ID_BYTES)).buffer;
}

function basicConstraintsOf(role: CertificateRole): BasicConstraints {
  if (role === 'chain') return new BasicConstraints({ cA: true });
  if (role === 'agency') return new BasicConstraints({ cA: true, pathLenConstraint: 0 });
  return new BasicConstraints({ cA: false });
}

function keyUsageOf(role: CertificateRole): KeyUsage {
  return new KeyUsage(
    role === 'chain' || role === 'agency'
      ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
      : KeyUsageFlags.digitalSignature,
  );
}

function extendedKeyUsageOf(role: CertificateRole): Extension[] {
  if (role === 'chain' || role === 'agency') return [];
  const purposes = role === 'node' ? [id_kp_serverAuth, id_kp_clientAuth] : [id_kp_clientAuth];
  return [extension(id_ce_extKeyUsage, new ExtendedKeyUsage(purposes), false)];
}

function extension(extnID: string, value: object, critical: boolean): Extension {
  return new Extension({
    extnID,
    critical,
    extnValue: new OctetString(AsnConvert.serialize(value)),
  });
}
