import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { describeCertificate } from '@amop/crypto';
import type { CertificateReference, PeerIdentity } from '../transport.ts';

/** Reads who a verified certificate belongs to. */
export function identityOf(leaf: X509Certificate): PeerIdentity {
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
    chain: [referenceTo(described), ...issuersOf(leaf)],
  };
}

/** Authorities that were described: few stand behind many certificates. */
const AUTHORITIES: Map<string, CertificateReference> = new Map();
const MAX_AUTHORITIES = 1_000;
/** More steps than any sound chain has. */
const MAX_CHAIN_STEPS = 8;

/** The certificates that OpenSSL found above a leaf, up to the authority that is trusted. */
function issuersOf(leaf: X509Certificate): CertificateReference[] {
  const issuers: CertificateReference[] = [];
  let issuer = leaf.issuerCertificate;
  while (issuer !== undefined && issuers.length < MAX_CHAIN_STEPS) {
    const key = issuer.fingerprint256;
    let reference = AUTHORITIES.get(key);
    if (reference === undefined) {
      reference = referenceTo(describeCertificate(issuer.raw));
      if (AUTHORITIES.size >= MAX_AUTHORITIES) AUTHORITIES.clear();
      AUTHORITIES.set(key, reference);
    }
    issuers.push(reference);
    issuer = issuer.issuerCertificate;
  }
  return issuers;
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
