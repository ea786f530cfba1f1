import { type CertificateIdentity, describeCertificate, splitPemChain } from '@amop/crypto';
import { NodeError } from '../errors.ts';
import type { Credentials } from './node-config.ts';

/**
 * What the leaf of a node's own certificate chain says.
 *
 * @throws NodeError `AMOP_NODE_CREDENTIALS` when the PEM text holds no certificate
 */
export function certificateOf({ certificate }: Credentials): CertificateIdentity {
  const fix = 'node.crt holds the leaf first, then the agency and the CA, in PEM';
  try {
    const [leaf] = splitPemChain(certificate);
    if (leaf !== undefined) return describeCertificate(leaf);
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
