import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '../raw/raw-tls.ts';
import { commandFile } from './command-file.ts';
import { hasOpenssl, writeOpensslChain } from './openssl-chain.ts';

/** Who writes the certificates: the `openssl` binary, or `amop certs`. */
export type ChainMaker = 'openssl' | 'amop';

/** Kind of keys, as `amop certs --profile` takes it; openssl makes secp256k1 only. */
export type ChainProfile = 'secp256k1' | 'rsa' | 'p256';

/** A certificate chain on disk, in the layout of an original network. */
export interface Chain {
  readonly directory: string;
  /** Folder of a node: `conf/` is there, `config.ini` may be. */
  nodeFolder(agency: string, index?: number): string;
  /** What a node shows on its ports. */
  node(agency: string, index?: number): Identity;
  /** What an application of the agency shows to its node. */
  sdk(agency: string): Identity;
  /** Folder with `ca.crt`, `sdk.crt` and `sdk.key` of the agency. */
  sdkFolder(agency: string): string;
  /** Deletes everything. */
  remove(): void;
}

/** The maker used where a test does not care: openssl if the machine has one. */
const defaultMaker: ChainMaker = hasOpenssl() ? 'openssl' : 'amop';

/**
 * Makes a chain in a new temporary folder.
 *
 * @throws Error when the maker's process fails
 */
export function makeChain(
  agencies: readonly string[],
  nodes = 1,
  maker: ChainMaker = defaultMaker,
  profile: ChainProfile = 'secp256k1',
): Chain {
  const directory = mkdtempSync(join(tmpdir(), 'amop-e2e-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    if (maker === 'openssl') writeOpensslChain(directory, agencies, nodes);
    else writeAmopChain(directory, agencies, nodes, profile);
  } catch (error) {
    remove();
    throw error;
  }
  const nodeFolder = (agency: string, index = 0): string => join(directory, agency, `node${index}`);
  const sdkFolder = (agency: string): string => join(directory, agency, 'sdk');
  return {
    directory,
    nodeFolder,
    node: (agency, index) => readIdentity(join(nodeFolder(agency, index), 'conf'), 'node'),
    sdk: (agency) => readIdentity(sdkFolder(agency), 'sdk'),
    sdkFolder,
    remove,
  };
}

function writeAmopChain(
  directory: string,
  agencies: readonly string[],
  nodes: number,
  profile: ChainProfile,
): void {
  const names = agencies.flatMap((agency) => ['--agency', agency]);
  const args = ['certs', '--out', directory, ...names, '--nodes', String(nodes)];
  const command = [commandFile('amop'), ...args, '--profile', profile];
  execFileSync(process.execPath, command, { stdio: 'pipe' });
}

/** The files `ca.crt`, `<name>.crt` and `<name>.key` of a folder. */
export function readIdentity(folder: string, name: string): Identity {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  return { ca: read('ca.crt'), cert: read(`${name}.crt`), key: read(`${name}.key`) };
}
