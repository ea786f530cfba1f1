import { AsnConvert } from '@peculiar/asn1-schema';
import {
  CertificateList,
  type Extension,
  IssuingDistributionPoint,
  id_ce_authorityKeyIdentifier,
  id_ce_deltaCRLIndicator,
  id_ce_issuingDistributionPoint,
  type RevokedCertificate,
} from '@peculiar/asn1-x509';
import { hexOf } from '../certificate/certificate-identity.ts';
import { findExtension, readIssuerKeyId } from '../certificate/certificate-reader.ts';
import { formatName } from '../certificate/distinguished-name.ts';
import { splitPemBlocks } from '../certificate/pem.ts';
import { CryptoError } from '../errors.ts';
import { formatSerialNumber } from './serial-number.ts';

const LIST_LABELS: ReadonlySet<string> = new Set(['X509 CRL']);

/** ASN.1 values in one list: an entry has 3 to 9. The reader's own limit, 10 000, is too low for a list. */
const MAX_NODES = 1_000_000;

/** A certificate revocation list: the serial numbers that one authority has taken back. Plain data. */
export interface RevocationList {
  /** Whole name of the authority, in the form of `CertificateIdentity.issuerName`. */
  readonly issuerName: string;
  /** Identifier of the authority's key, lower-case hex digits; missing when the list names none. */
  readonly issuerKeyId?: string;
  /** When the list was made, ms since 1970. */
  readonly thisUpdateMs: number;
  /** When a newer list is due, ms since 1970. */
  readonly nextUpdateMs: number;
  /** Serial numbers as `CertificateIdentity.serialNumber` writes them. */
  readonly serialNumbers: ReadonlySet<string>;
  /** What the authority signed, for {@link checkRevocationListIssuer}. */
  readonly signed: SignedContent;
}

/** A signature with the bytes under it. */
interface SignedContent {
  readonly content: Uint8Array;
  /** Object identifier of the algorithm. */
  readonly algorithm: string;
  readonly signature: Uint8Array;
}

/**
 * Gives back the certificate revocation lists (`X509 CRL`) of a PEM text in their order.
 *
 * Nothing is verified: {@link checkRevocationListIssuer} does that, and whether a list is still current
 * is the caller's to say. Other blocks and text between them (`openssl crl -text`) are passed over.
 * Lists that cannot be applied by serial number alone are refused, for a revoked certificate would
 * pass: those without an end (nextUpdate), delta lists, those that speak for other issuers too, those with an unknown critical extension.
 * Source: RFC 5280, section 5.
 *
 * @throws CryptoError `AMOP_CRYPTO_INVALID_REVOCATION_LIST`
 */
export function parseRevocationLists(pem: string): RevocationList[] {
  const blocks = splitPemBlocks(pem, LIST_LABELS, (reason) => invalidList(reason));
  if (blocks.length === 0) throw invalidList('there is no X509 CRL block in it');
  return blocks.map(parseRevocationList);
}

function parseRevocationList(der: Uint8Array): RevocationList {
  const { tbsCertList, tbsCertListRaw, signatureAlgorithm, signature } = decode(der);
  const { crlExtensions, issuer, nextUpdate, revokedCertificates = [], thisUpdate } = tbsCertList;
  if (
    tbsCertListRaw === undefined ||
    tbsCertList.signature.algorithm !== signatureAlgorithm.algorithm
  ) {
    throw invalidList('it names two signature algorithms');
  }
  // RFC 5280 demands it. Without it asn1-x509 2.11.1 also loses the entries of the list.
  if (nextUpdate === undefined) throw invalidList('it does not say when the next one is due');
  checkExtensions(crlExtensions);
  const issuerKeyId = keyIdOf(crlExtensions);
  return {
    issuerName: formatName(issuer),
    ...(issuerKeyId === undefined ? {} : { issuerKeyId: hexOf(issuerKeyId) }),
    thisUpdateMs: thisUpdate.getTime().getTime(),
    nextUpdateMs: nextUpdate.getTime().getTime(),
    serialNumbers: new Set(revokedCertificates.map(serialNumberOf)),
    signed: {
      content: new Uint8Array(tbsCertListRaw),
      algorithm: signatureAlgorithm.algorithm,
      signature: new Uint8Array(signature),
    },
  };
}

function decode(der: Uint8Array): CertificateList {
  try {
    const berOptions = { maxNodes: MAX_NODES };
    const list = AsnConvert.parse(der, CertificateList, { berOptions });
    // Times are read lazily: a damaged one must show here.
    const { nextUpdate, thisUpdate } = list.tbsCertList;
    for (const time of [thisUpdate, nextUpdate ?? thisUpdate]) time.getTime().toISOString();
    return list;
  } catch (cause) {
    throw invalidList('a block in it is not a revocation list in DER', cause);
  }
}

/** Of the extensions of a list only two are known that may be critical. */
function checkExtensions(extensions: readonly Extension[] = []): void {
  for (const { critical, extnID } of extensions) {
    if (extnID === id_ce_deltaCRLIndicator) {
      throw invalidList('it is a delta list: ask the authority for the complete one');
    }
    const isKnown =
      extnID === id_ce_issuingDistributionPoint || extnID === id_ce_authorityKeyIdentifier;
    if (critical && !isKnown) throw invalidList(`it has the unknown critical extension ${extnID}`);
  }
  const scope = findExtension(extensions, id_ce_issuingDistributionPoint);
  if (scope !== undefined && isIndirect(scope)) {
    throw invalidList('it speaks for other authorities than the one that signed it (indirect)');
  }
}

function isIndirect(scope: ArrayBuffer): boolean {
  try {
    return AsnConvert.parse(scope, IssuingDistributionPoint).indirectCRL;
  } catch (cause) {
    throw invalidList('its issuing distribution point cannot be read', cause);
  }
}

function keyIdOf(extensions: readonly Extension[] | undefined): ArrayBuffer | undefined {
  try {
    return readIssuerKeyId(extensions);
  } catch (cause) {
    throw invalidList('its authority key identifier cannot be read', cause);
  }
}

/** The only critical extension of an entry that there is changes whose certificate is meant. */
function serialNumberOf({ crlEntryExtensions = [], userCertificate }: RevokedCertificate): string {
  const critical = crlEntryExtensions.find((extension) => extension.critical);
  if (critical !== undefined) {
    throw invalidList(`an entry has the unknown critical extension ${critical.extnID}`);
  }
  return formatSerialNumber(new Uint8Array(userCertificate));
}

function invalidList(reason: string, cause?: unknown): CryptoError {
  return new CryptoError(
    'AMOP_CRYPTO_INVALID_REVOCATION_LIST',
    `The text cannot be used as certificate revocation list: ${reason}.`,
    { reason },
    { cause },
  );
}
