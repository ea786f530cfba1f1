import type { CertificateIdentity } from '../certificate/certificate-identity.ts';
import type { RevocationList } from './revocation-list.ts';

/** What of a certificate decides: `describeCertificate` gives it. */
export type RevocationQuestion = Pick<
  CertificateIdentity,
  'issuerName' | 'issuerKeyId' | 'serialNumber'
>;

/**
 * Tells whether one of the lists takes the certificate back.
 *
 * A list counts for the certificates of the authority with its name and, where both tell it, its key:
 * two authorities may have one name. Ask for every certificate of a chain, not for the leaf alone.
 */
export function isRevoked(
  certificate: RevocationQuestion,
  lists: Iterable<RevocationList>,
): boolean {
  for (const list of lists) {
    if (list.issuerName !== certificate.issuerName) continue;
    const { issuerKeyId } = list;
    const isOtherKey =
      issuerKeyId !== undefined &&
      certificate.issuerKeyId !== undefined &&
      issuerKeyId !== certificate.issuerKeyId;
    if (!isOtherKey && list.serialNumbers.has(certificate.serialNumber)) return true;
  }
  return false;
}
