import { type KeyObject, X509Certificate } from 'node:crypto';
import { loadPrivateKeyPem, splitPemChain } from '@amop/crypto';
import { PortsError, type PortsErrorDetails } from '../errors.ts';

/** What a side of TLS is and trusts, as PEM text. */
export interface TlsCredentials {
  /** The authorities whose chains are trusted: one certificate or several. */
  readonly ca: string;
  /** Own certificate, the leaf first, then those between it and the authority. */
  readonly certificate: string;
  /** Private key of the leaf: PKCS#8, encrypted PKCS#8 or SEC1. */
  readonly key: string;
  /** Opens an encrypted key. */
  readonly passphrase?: string;
}

/** Credentials that were looked at and fit together. */
export interface CheckedCredentials extends TlsCredentials {
  /** Curve of an EC key in OpenSSL's name, e.g. `secp256k1`. */
  readonly curve: string | undefined;
  /** Whether the own certificate leads to the own `ca`: if not, a peer may not trust it either. */
  readonly leadsToOwnCa: boolean;
  /** Where its chain ends when it does not. */
  readonly endsAt?: X509Certificate;
}

/** More steps than any sound chain has. */
const MAX_CHAIN_STEPS = 8;

/**
 * Reads credentials and checks that they fit together.
 *
 * @throws PortsError `AMOP_PORTS_CREDENTIALS`, naming the part at fault
 */
export function checkCredentials(credentials: TlsCredentials): CheckedCredentials {
  const authorities = readChain('ca', credentials.ca);
  const chain = readChain('certificate', credentials.certificate);
  const leaf = chain[0];
  if (leaf !== undefined && leaf.publicKey.asymmetricKeyType === undefined) {
    throw unusable(
      'certificate',
      'its key is of a kind that Node.js does not know, such as SM2 (GM)',
    );
  }
  const key = readKey(credentials);
  if (leaf === undefined || !leaf.checkPrivateKey(key)) {
    if (chain.some((certificate) => certificate.checkPrivateKey(key))) {
      throw unusable('certificate', 'the certificate of the key is in it, but not as the first');
    }
    throw unusable('key', 'the key does not belong to the certificate');
  }
  const last = lastBelow(authorities, leaf, chain);
  return {
    ...credentials,
    curve: key.asymmetricKeyDetails?.namedCurve,
    leadsToOwnCa: last === undefined,
    ...(last !== undefined && { endsAt: last }),
  };
}

type Part = PortsErrorDetails['AMOP_PORTS_CREDENTIALS']['part'];

/** The error for a part of the credentials that cannot be used. */
export function unusable(part: Part, reason: string, cause?: unknown): PortsError {
  return new PortsError(
    'AMOP_PORTS_CREDENTIALS',
    `The TLS ${part} cannot be used: ${reason}.`,
    { part, reason, retryable: false },
    { cause },
  );
}

function readChain(part: 'ca' | 'certificate', pem: string): X509Certificate[] {
  try {
    return splitPemChain(pem).map(readCertificate);
  } catch (cause) {
    throw unusable(part, reasonOf(cause), cause);
  }
}

function readCertificate(der: Uint8Array, index: number): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (cause) {
    throw new Error(`certificate ${index + 1} in it is damaged`, { cause });
  }
}

function readKey({ key, passphrase }: TlsCredentials): KeyObject {
  try {
    return loadPrivateKeyPem(key, passphrase);
  } catch (cause) {
    throw unusable('key', reasonOf(cause), cause);
  }
}

/** The error for a certificate that does not lead to the own `ca`: which of the two files is at fault. */
export function leadsElsewhere({ endsAt }: CheckedCredentials): PortsError {
  if (endsAt !== undefined && !endsAt.checkIssued(endsAt)) {
    const [subject, issuer] = [endsAt.subject, endsAt.issuer].map((name) =>
      name.replaceAll('\n', ', '),
    );
    return unusable(
      'certificate',
      `"${subject}" in it was issued by "${issuer}", which is neither in it nor in the ca file`,
    );
  }
  return unusable('ca', 'it did not issue the own certificate, which nobody would trust');
}

/** Where the chain ends that does not lead to an authority; undefined when it does. */
function lastBelow(
  authorities: readonly X509Certificate[],
  leaf: X509Certificate,
  chain: readonly X509Certificate[],
): X509Certificate | undefined {
  const issued = (child: X509Certificate) => (candidate: X509Certificate) =>
    child.checkIssued(candidate) && child.verify(candidate.publicKey);
  let current = leaf;
  for (let step = 0; step < MAX_CHAIN_STEPS; step += 1) {
    if (authorities.some(issued(current))) return undefined;
    const next = chain.find(issued(current));
    if (next === undefined || next === current) return current;
    current = next;
  }
  return current;
}

function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).trim().replace(/\.$/, '');
}
