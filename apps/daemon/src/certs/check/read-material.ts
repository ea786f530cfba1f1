import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readCertificates } from '../describe-file.ts';
import { readIfThere, unreadable } from '../existing/authority-file.ts';
import type { CertificateFile } from '../find-certificates.ts';
import { type AuthorityMaterial, type KeyFile, type LeafMaterial, toChecked } from './material.ts';

/**
 * A certificate file with what lies beside it, ready to be checked.
 *
 * By its name `node.crt` is a node's and `sdk.crt` an application's; what is left tells it by its OU. A `ca.crt`
 * without a key beside it is no subject of its own: it is looked at with the certificates beside it.
 *
 * @param isNamed whether the file itself was asked for, and not the folder it is in
 * @throws DaemonError `AMOP_DAEMON_CERTS_READ`
 */
export function readMaterial(
  file: CertificateFile,
  passphrase: string | undefined,
  isNamed: boolean,
): LeafMaterial | AuthorityMaterial | undefined {
  const chain = readCertificates(file).map(toChecked);
  const { path } = file;
  const key = readKey(path.replace(/\.[^./\\]+$/, '.key'), path);
  const found = {
    path,
    chain,
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  const kind = kindOf(basename(path), chain[0]?.identity);
  if (kind === 'authority') {
    const isCopy = basename(path) === 'ca.crt' && key === undefined;
    return isCopy && !isNamed ? undefined : { ...found, kind };
  }
  return { ...found, kind, ...readBeside(path, join(dirname(path), 'ca.crt')) };
}

/** Where the three files of a node or of applications are. */
export interface LeafPaths {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * As {@link readMaterial}, for files that a configuration names.
 *
 * @returns undefined when the certificate is not there
 * @throws DaemonError `AMOP_DAEMON_CERTS_READ`
 */
export function readLeaf(
  kind: 'node' | 'sdk',
  paths: LeafPaths,
  passphrase?: string,
): LeafMaterial | undefined {
  const { ca, certificate: path } = paths;
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const chain = readCertificates({ path, text }).map(toChecked);
  const key = readKey(paths.key, path);
  return {
    path,
    kind,
    chain,
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...readBeside(path, ca),
  };
}

function readBeside(path: string, caPath: string): Pick<LeafMaterial, 'ca' | 'nodeIdFile'> {
  const ca = readCa(caPath);
  const nodeIdPath = join(dirname(path), 'node.nodeid');
  const nodeId = basename(path) === 'node.crt' ? readIfThere(nodeIdPath) : undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(nodeId === undefined ? {} : { nodeIdFile: { path: nodeIdPath, text: nodeId } }),
  };
}

function kindOf(
  name: string,
  identity: { readonly isCa: boolean; readonly organizationalUnit?: string } | undefined,
): 'node' | 'sdk' | 'authority' | undefined {
  if (name === 'node.crt') return 'node';
  if (name === 'sdk.crt') return 'sdk';
  if (name === 'ca.crt' || name === 'agency.crt' || identity?.isCa === true) return 'authority';
  const unit = identity?.organizationalUnit;
  return unit === 'node' || unit === 'sdk' ? unit : undefined;
}

function readCa(path: string): LeafMaterial['ca'] {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  return { path, certificates: readCertificates({ path, text }).map(toChecked) };
}

function readKey(path: string, certificate: string): KeyFile | undefined {
  if (path === certificate || !existsSync(path)) return undefined;
  try {
    return { path, text: readFileSync(path, 'utf8'), mode: statSync(path).mode };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
