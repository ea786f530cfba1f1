import { lstatSync } from 'node:fs';
import { basename } from 'node:path';
import { type CertificateIdentity, describeCertificate, isIssuedBy } from '@amop/crypto';
import { DaemonError } from '../../errors.ts';
import { readCertificates } from '../describe-file.ts';
import { unreadable } from '../existing/authority-file.ts';
import { type CertificateFile, findCertificates } from '../find-certificates.ts';

/** A certificate that is to be renewed. */
export interface RenewalTarget extends CertificateFile {
  /** The certificate itself, in DER. */
  readonly der: Uint8Array;
  readonly identity: CertificateIdentity;
  readonly kind: 'node' | 'sdk' | 'agency' | 'root';
}

/**
 * The certificates to be renewed: a file that is named, and of a folder those of nodes and applications below it.
 *
 * @param paths absolute
 * @throws DaemonError `AMOP_DAEMON_CERTS_READ`, `AMOP_DAEMON_CERTS_RENEW`
 */
export function findTargets(paths: readonly string[]): RenewalTarget[] {
  const targets = paths.flatMap((path) => (isFolder(path) ? leavesIn(path) : [named(path)]));
  return [...new Map(targets.map((target) => [target.path, target])).values()];
}

/** The path of the key that belongs to a certificate file: `node.key` for `node.crt`. */
export function keyPathOf(path: string): string {
  return path.replace(/\.[^./\\]+$/, '.key');
}

/** The error for a certificate that cannot be renewed as it is asked for. */
export function cannotRenew(path: string, reason: string, fix: string): DaemonError {
  return new DaemonError('AMOP_DAEMON_CERTS_RENEW', `${path} is not renewed: ${reason}`, {
    path,
    fix,
  });
}

function isFolder(path: string): boolean {
  try {
    const stats = lstatSync(path);
    if (!stats.isSymbolicLink()) return stats.isDirectory();
  } catch (cause) {
    throw unreadable(path, cause);
  }
  throw cannotRenew(path, 'it is a symbolic link', 'name the file that it leads to');
}

function leavesIn(folder: string): RenewalTarget[] {
  // A symbolic link would be replaced by a file, and what it leads to would stay as it is.
  const files = findCertificates([folder]).filter(({ path }) => !lstatSync(path).isSymbolicLink());
  const targets = files.map(toTarget);
  const leaves = targets.filter(({ kind }) => kind === 'node' || kind === 'sdk');
  if (leaves.length > 0) return leaves;
  const message = `there is no certificate of a node or an application in ${folder}`;
  throw new DaemonError('AMOP_DAEMON_CERTS_READ', message, { path: folder });
}

function named(path: string): RenewalTarget {
  const [file = { path, text: '' }] = findCertificates([path]);
  return toTarget(file);
}

function toTarget(file: CertificateFile): RenewalTarget {
  // readCertificates gives at least one or throws.
  const [der = new Uint8Array()] = readCertificates(file);
  const identity = describeCertificate(der);
  return { ...file, der, identity, kind: kindOf(file.path, der, identity) };
}

/** The subject stays, so its OU counts before the name of the file. */
function kindOf(
  path: string,
  der: Uint8Array,
  { isCa, organizationalUnit }: CertificateIdentity,
): RenewalTarget['kind'] {
  if (isIssuedBy(der, der)) return 'root';
  if (isCa) return 'agency';
  if (organizationalUnit === 'node' || organizationalUnit === 'sdk') return organizationalUnit;
  const name = basename(path);
  if (name === 'node.crt') return 'node';
  if (name === 'sdk.crt') return 'sdk';
  throw cannotRenew(
    path,
    "it is neither a node's (OU=node, node.crt) nor an application's (OU=sdk, sdk.crt)",
    'have it renewed by whoever made it',
  );
}
