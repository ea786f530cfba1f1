import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '../raw/raw-tls.ts';
import { commandFile } from './command-file.ts';
import { hasOpenssl, writeOpensslChain } from './openssl-chain.ts';

/** Who writes the certificates: the `openssl` binary, or `amop certs`. */
export type ChainMaker = 'openssl' | 'amop';

/** A certificate chain on disk, in the layout of an original network. */
export interface Chain {
  readonly directory: string;
  /** Folder of a node: `conf/` is there, `config.ini` may be. */
  nodeFolder(agency: string, index?: number): string;
  /** What a node shows on its ports. */
  node(agency: string, index?: number): Identity;
  /** What an application of the agency shows to its node. */
  sdk(agency: string): Identity;
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
): Chain {
  const directory = mkdtempSync(join(tmpdir(), 'amop-e2e-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    if (maker === 'openssl') writeOpensslChain(directory, agencies, nodes);
    else writeAmopChain(directory, agencies, nodes);
  } catch (error) {
    remove();
    throw error;
  }
  const nodeFolder = (agency: string, index = 0): string => join(directory, agency, `node${index}`);
  return {
    directory,
    nodeFolder,
    node: (agency, index) => readIdentity(join(nodeFolder(agency, index), 'conf'), 'node'),
    sdk: (agency) => readIdentity(join(directory, agency, 'sdk'), 'sdk'),
    remove,
  };
}

function writeAmopChain(directory: string, agencies: readonly string[], nodes: number): void {
  const names = agencies.flatMap((agency) => ['--agency', agency]);
  const args = ['certs', '--out', directory, ...names, '--nodes', String(nodes)];
  const command = [commandFile('amop'), ...args, '--profile', 'secp256k1'];
  execFileSync(process.execPath, command, { stdio: 'pipe' });
}

function readIdentity(folder: string, name: string): Identity {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  return { ca: read('ca.crt'), cert: read(`${name}.crt`), key: read(`${name}.key`) };
}
