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
 * - `channel`: a root that issues the leaves of one agency's channel port, no further CA below it
 * - `node`: either side of TLS (a node dials peers and is dialled)
 * - `sdk`: the client's side of TLS
 */
export type CertificateRole = 'chain' | 'agency' | 'channel' | 'node' | 'sdk';

/** Who is to be certified: the extensions depend on nothing else. */
export interface CertificateHolder {
  readonly role: CertificateRole;
  /** RSA keys may also be asked to decrypt the secret of a TLS 1.2 handshake. */
  readonly isRsa: boolean;
}

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
  holder: CertificateHolder,
  subjectKeyId: ArrayBuffer,
  authorityKeyId: ArrayBuffer,
): Extensions {
  const authority = new AuthorityKeyIdentifier({
    keyIdentifier: new KeyIdentifier(authorityKeyId),
  });
  return new Extensions([
    extension(id_ce_basicConstraints, basicConstraintsOf(holder.role), true),
    extension(id_ce_keyUsage, keyUsageOf(holder), true),
    ...extendedKeyUsageOf(holder.role),
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

/** Whether certificates of the role issue others. */
export function isAuthority(role: CertificateRole): boolean {
  return role === 'chain' || role === 'agency' || role === 'channel';
}

function basicConstraintsOf(role: CertificateRole): BasicConstraints {
  if (role === 'chain') return new BasicConstraints({ cA: true });
  if (isAuthority(role)) return new BasicConstraints({ cA: true, pathLenConstraint: 0 });
  return new BasicConstraints({ cA: false });
}

function keyUsageOf({ role, isRsa }: CertificateHolder): KeyUsage {
  if (isAuthority(role)) return new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign);
  return new KeyUsage(
    isRsa
      ? KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment
      : KeyUsageFlags.digitalSignature,
  );
}

function extendedKeyUsageOf(role: CertificateRole): Extension[] {
  if (isAuthority(role)) return [];
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
