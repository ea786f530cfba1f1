import { isPortsError } from '@amop/ports';
import { NodeError } from '../errors.ts';
import type { Credentials } from './node-config.ts';

/**
 * The error for credentials that cannot be used: which file, why, and what belongs there.
 *
 * @param port `channel` or `p2p`, named where the credentials did not come from files
 * @param cause what was thrown when they were looked at
 */
export function credentialsError(
  credentials: Credentials,
  port: string,
  cause: unknown,
): NodeError {
  if (cause instanceof NodeError) return cause;
  if (!isPortsError(cause, 'AMOP_PORTS_CREDENTIALS')) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const where = credentials.files?.certificate ?? `${port} port`;
    return new NodeError('AMOP_NODE_CREDENTIALS', `${where}: ${reason}`, {}, cause);
  }
  const { part, reason } = cause.details;
  const file = credentials.files?.[part];
  return new NodeError(
    'AMOP_NODE_CREDENTIALS',
    file === undefined ? `${port} port: ${cause.message}` : `${file}: ${reason}`,
    { fix: fixOf(credentials, part, reason), ...(file !== undefined && { file }) },
    cause,
  );
}

function fixOf({ files }: Credentials, part: 'ca' | 'certificate' | 'key', reason: string): string {
  const certificate = files?.certificate ?? 'the certificate';
  if (part === 'key' && reason.includes('passphrase')) {
    return 'name the file with its passphrase as passphrase_file in [amop]: one line and nothing else';
  }
  if (part === 'key') {
    return `put the key of the first certificate in ${certificate} there, in PEM; \`amop certs show\` tells which belong together`;
  }
  if (part === 'ca') {
    return `put the root of the chain there; ${certificate} has to hold the node's certificate first, then its agency`;
  }
  return "put the node's certificate there first, then its agency and the root, in PEM with RSA, secp256k1 or P-256 keys";
}
