import { type CertificateIdentity, describeCertificate, splitPemChain } from '@amop/crypto';
import { NodeError } from '../errors.ts';
import type { Credentials } from './node-config.ts';

/**
 * The node ID of a node with these credentials: 128 lower-case hex digits.
 *
 * @throws NodeError `AMOP_NODE_CREDENTIALS` when the certificate cannot be read or has no EC key
 */
export function nodeIdOf(credentials: Credentials): string {
  const { nodeId } = certificateOf(credentials);
  if (nodeId !== undefined) return nodeId;
  const file = credentials.files?.certificate;
  throw new NodeError(
    'AMOP_NODE_CREDENTIALS',
    `${file ?? 'the node certificate'}: it has no EC key, so that the node would have no ID`,
    {
      fix: 'a node needs a secp256k1 or P-256 key; RSA is for channel_cert alone',
      ...(file !== undefined && { file }),
    },
  );
}

/** What was read of credentials, as long as somebody holds them: a node looks at its own in several rooms. */
const leaves: WeakMap<Credentials, CertificateIdentity> = new WeakMap();
const whole: WeakMap<Credentials, readonly CertificateIdentity[]> = new WeakMap();

/**
 * What the leaf of a node's own certificate chain says.
 *
 * @throws NodeError `AMOP_NODE_CREDENTIALS` when the PEM text holds no certificate
 */
export function certificateOf(credentials: Credentials): CertificateIdentity {
  const known = leaves.get(credentials);
  if (known !== undefined) return known;
  const fix = 'node.crt holds the leaf first, then the agency and the CA, in PEM';
  try {
    const [leaf] = splitPemChain(credentials.certificate);
    if (leaf !== undefined) {
      const identity = describeCertificate(leaf);
      leaves.set(credentials, identity);
      return identity;
    }
  } catch (cause) {
    throw new NodeError(
      'AMOP_NODE_CREDENTIALS',
      'the node certificate cannot be read',
      { fix },
      cause,
    );
  }
  throw new NodeError('AMOP_NODE_CREDENTIALS', 'the node certificate is empty', { fix });
}

/**
 * What all certificates of the credentials say, the authorities first.
 *
 * @throws CryptoError when one of them cannot be read
 */
export function certificatesOf(credentials: Credentials): readonly CertificateIdentity[] {
  const known = whole.get(credentials);
  if (known !== undefined) return known;
  const { ca, certificate } = credentials;
  const identities = [ca, certificate].flatMap((pem) =>
    splitPemChain(pem).map((der) => describeCertificate(der)),
  );
  whole.set(credentials, identities);
  return identities;
}
