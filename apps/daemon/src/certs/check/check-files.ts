import { basename, dirname } from 'node:path';
import type { CertificateFile } from '../find-certificates.ts';
import { checkAgency, issuerOf } from './agency.ts';
import { checkAuthority, checkLeaf } from './check-certificates.ts';
import type { Finding } from './finding.ts';
import type { LeafMaterial } from './material.ts';
import { readMaterial } from './read-material.ts';

/** What was checked, and what was found. */
export interface CheckedFiles {
  /** Paths of the certificates that were checked. */
  readonly paths: readonly string[];
  readonly findings: readonly Finding[];
}

/** How files are checked. */
export interface CheckOptions {
  /** Opens encrypted keys. */
  readonly passphrase?: string;
  /** Paths that were asked for themselves, not through their folder. */
  readonly named?: ReadonlySet<string>;
  /** Ms since 1970. */
  readonly nowMs: number;
}

/**
 * Checks certificate files with what lies beside them, and applications against the nodes of the same folder.
 *
 * @throws DaemonError `AMOP_DAEMON_CERTS_READ`
 */
export function checkFiles(
  files: readonly CertificateFile[],
  { named, nowMs, passphrase }: CheckOptions,
): CheckedFiles {
  const subjects = files.flatMap((file) => {
    const material = readMaterial(file, passphrase, named?.has(file.path) === true);
    return material === undefined ? [] : [material];
  });
  const findings = subjects.flatMap((subject) =>
    subject.kind === 'authority' ? checkAuthority(subject, nowMs) : checkLeaf(subject, nowMs),
  );
  const leaves = subjects.filter((subject) => subject.kind !== 'authority');
  return {
    paths: subjects.map(({ path }) => path),
    findings: [...findings, ...checkAgencies(leaves)],
  };
}

function checkAgencies(leaves: readonly LeafMaterial[]): Finding[] {
  const nodes = leaves.filter(({ kind, path }) => kind === 'node' && basename(path) === 'node.crt');
  // With RSA on the channel port it is that certificate which counts there.
  const shown = nodes.filter((node) => {
    const { path } = node;
    const isChannel = basename(dirname(path)) === 'channel_cert';
    return (
      isChannel || !nodes.some((other) => other.path.startsWith(`${dirname(path)}/channel_cert/`))
    );
  });
  return leaves
    .filter(({ kind }) => kind === 'sdk')
    .flatMap((sdk) => {
      const node = shown.find(
        ({ path }) => agencyFolderOfNode(path) === dirname(dirname(sdk.path)),
      );
      if (node === undefined) return [];
      return checkAgency({ path: node.path, issuerName: issuerOf(node) }, sdk);
    });
}

/** `<agency>/node0/conf/node.crt` or `<agency>/node0/conf/channel_cert/node.crt`. */
function agencyFolderOfNode(path: string): string {
  const folder = dirname(path);
  const conf = basename(folder) === 'channel_cert' ? dirname(folder) : folder;
  return dirname(dirname(conf));
}
