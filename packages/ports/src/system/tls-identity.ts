import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { describeCertificate, splitPemChain } from '@amop/crypto';
import type { CertificateReference, PeerIdentity } from '../transport.ts';

/** More certificates than any sound chain has. */
const MAX_PRESENTED = 16;
/** Certificates above leaves that were read: few stand behind many. */
const KNOWN: Map<string, AuthorityReference> = new Map();
const MAX_KNOWN = 1_000;

/** A certificate that may stand above others. */
export interface AuthorityReference extends CertificateReference {
  readonly subjectName: string;
}

/**
 * Reads who a verified certificate belongs to.
 *
 * @param authorities those that are trusted
 * @throws Error when more certificates came with it than a chain has: one that is revoked could hide behind them
 */
export function identityOf(
  leaf: X509Certificate,
  authorities: readonly AuthorityReference[],
): PeerIdentity {
  const described = describeCertificate(leaf.raw);
  return {
    nodeId: described.nodeId,
    commonName: described.commonName,
    ...(described.organizationalUnit === undefined
      ? {}
      : { organizationalUnit: described.organizationalUnit }),
    issuerCommonName: described.issuerCommonName,
    issuerName: described.issuerName,
    fingerprint256: described.fingerprint256,
    validToMs: described.validToMs,
    chain: withTrusted([described, ...presentedWith(leaf)], authorities).map(referenceTo),
  };
}

/** Reads the certificates of a `ca` text. */
export function authoritiesIn(ca: string): AuthorityReference[] {
  return splitPemChain(ca).map((der) => authorityOf(new X509Certificate(der)));
}

/**
 * Everything that the other side showed with its leaf, in its order: which of it OpenSSL took for the chain cannot
 * be asked, so all of it counts.
 */
function presentedWith(leaf: X509Certificate): AuthorityReference[] {
  const presented: AuthorityReference[] = [];
  let next = leaf.issuerCertificate;
  while (next !== undefined) {
    if (presented.length === MAX_PRESENTED) throw new Error('too many certificates');
    presented.push(authorityOf(next));
    next = next.issuerCertificate;
  }
  return presented;
}

/** With the trusted certificates that stand above: the other side need not show them. */
function withTrusted(
  shown: readonly AuthorityReference[],
  authorities: readonly AuthorityReference[],
): AuthorityReference[] {
  const chain = [...shown];
  for (const { issuerName } of chain) {
    // What is added is looked at in its turn.
    chain.push(
      ...authorities.filter(
        (authority) => authority.subjectName === issuerName && !chain.includes(authority),
      ),
    );
  }
  return chain;
}

function authorityOf(certificate: X509Certificate): AuthorityReference {
  const key = certificate.fingerprint256;
  const known = KNOWN.get(key);
  if (known !== undefined) return known;
  const described = describeCertificate(certificate.raw);
  const authority = { ...referenceTo(described), subjectName: described.subjectName };
  if (KNOWN.size >= MAX_KNOWN) KNOWN.clear();
  KNOWN.set(key, authority);
  return authority;
}

function referenceTo(certificate: CertificateReference): CertificateReference {
  const { issuerKeyId, issuerName, serialNumber } = certificate;
  return { issuerName, serialNumber, ...(issuerKeyId !== undefined && { issuerKeyId }) };
}

/**
 * Takes the certificate of the other side out of a dialling socket, on any Node.
 *
 * Call it right after `tls.connect`; the returned function gives the leaf from `secureConnect` on.
 *
 * Two faults of Node are worked around. From 23.11 on (seen up to 26.10) the legacy object that
 * `getPeerCertificate` makes ends the process with a segmentation fault for a secp256k1 key, and
 * Node itself calls that function after each handshake of a client. And on a client socket
 * `getPeerX509Certificate` answers only once up to Node 25. No longer needed when a client on the
 * oldest supported Node survives `getPeerCertificate()` on a secp256k1 certificate.
 */
export function capturePeerCertificate(socket: TLSSocket): () => X509Certificate | undefined {
  let leaf: X509Certificate | undefined;
  const capture = (): X509Certificate | undefined => {
    leaf ??= socket.getPeerX509Certificate();
    return leaf;
  };
  // Node reads no more than these fields; the declared type lists all of the legacy object.
  Object.defineProperty(socket, 'getPeerCertificate', {
    value: () => {
      const certificate = capture();
      return {
        subject: { CN: certificate?.subject },
        subjectaltname: certificate?.subjectAltName,
        raw: certificate?.raw,
      };
    },
  });
  return capture;
}
