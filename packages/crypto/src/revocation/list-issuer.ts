import { verify } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { id_ce_keyUsage, KeyUsage, KeyUsageFlags } from '@peculiar/asn1-x509';
import { hexOf } from '../certificate/certificate-identity.ts';
import {
  findExtension,
  type ParsedCertificate,
  readCertificate,
} from '../certificate/certificate-reader.ts';
import { formatName } from '../certificate/distinguished-name.ts';
import { CryptoError } from '../errors.ts';
import type { RevocationList } from './revocation-list.ts';

/**
 * Hash and kind of key of the signature algorithms that are accepted; SHA-1 and MD5 are not.
 * Source: RFC 5758, section 3.2; RFC 4055, section 5.
 */
const ALGORITHMS: ReadonlyMap<string, { readonly hash: string; readonly key: 'ec' | 'rsa' }> =
  new Map([
    ['1.2.840.10045.4.3.2', { hash: 'sha256', key: 'ec' }],
    ['1.2.840.10045.4.3.3', { hash: 'sha384', key: 'ec' }],
    ['1.2.840.10045.4.3.4', { hash: 'sha512', key: 'ec' }],
    ['1.2.840.113549.1.1.11', { hash: 'sha256', key: 'rsa' }],
    ['1.2.840.113549.1.1.12', { hash: 'sha384', key: 'rsa' }],
    ['1.2.840.113549.1.1.13', { hash: 'sha512', key: 'rsa' }],
  ]);

/**
 * Checks that a revocation list comes from an authority: its name, its key, and that it may sign lists.
 *
 * Whether the authority itself is to be trusted is not looked at: take it from the `ca.crt` in use or
 * from a chain that was verified. Nor is the time: see `nextUpdateMs`.
 *
 * @param authority exactly one certificate in DER, as {@link splitPemChain} gives it
 * @throws CryptoError `AMOP_CRYPTO_FOREIGN_REVOCATION_LIST`, `AMOP_CRYPTO_INVALID_CERTIFICATE`
 */
export function checkRevocationListIssuer(list: RevocationList, authority: Uint8Array): void {
  const certificate = readCertificate(authority);
  const authorityName = formatName(certificate.asn1.tbsCertificate.subject);
  const reason = reasonAgainst(list, certificate, authorityName);
  if (reason === undefined) return;
  throw new CryptoError(
    'AMOP_CRYPTO_FOREIGN_REVOCATION_LIST',
    `The revocation list of "${list.issuerName}" is none of "${authorityName}": ${reason}.`,
    { issuer: list.issuerName, authority: authorityName, reason },
  );
}

function reasonAgainst(
  list: RevocationList,
  authority: ParsedCertificate,
  authorityName: string,
): string | undefined {
  if (list.issuerName !== authorityName) return 'the name is another';
  const { subjectKeyId } = authority;
  const isOtherKey =
    list.issuerKeyId !== undefined &&
    subjectKeyId !== undefined &&
    list.issuerKeyId !== hexOf(subjectKeyId);
  if (isOtherKey) return 'it names another key';
  if (!mayIssueLists(authority)) return 'the certificate may not sign revocation lists';
  const { algorithm, content, signature } = list.signed;
  const known = ALGORITHMS.get(algorithm);
  if (known === undefined) return `the signature algorithm ${algorithm} is not accepted`;
  const { publicKey } = authority;
  const isSigned =
    publicKey.asymmetricKeyType === known.key && verify(known.hash, content, publicKey, signature);
  return isSigned ? undefined : 'the signature is not of its key';
}

/** An authority, also one without extensions as originals have as root; with a key usage one that allows it. */
function mayIssueLists({ asn1, isCa, x509 }: ParsedCertificate): boolean {
  if (!(isCa ?? x509.checkIssued(x509))) return false;
  const usage = findExtension(asn1.tbsCertificate.extensions, id_ce_keyUsage);
  return usage === undefined || (flagsOf(usage) & KeyUsageFlags.cRLSign) > 0;
}

/** 0, which allows nothing, for a key usage that cannot be read. */
function flagsOf(usage: ArrayBuffer): number {
  try {
    return AsnConvert.parse(usage, KeyUsage).toNumber();
  } catch {
    return 0;
  }
}
