import { once } from 'node:events';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AmopNode, createNode, loadNodeConfig, type NodeConfig } from '@amop/node';
import { freePort } from '@amop/testkit';
import { onTestFinished } from 'vitest';
import { issueNetwork } from '../../src/certs/issue.ts';
import { type Profile, planNodes } from '../../src/certs/plan.ts';
import { writeTree } from '../../src/certs/write-tree.ts';
import { runAmop } from '../../src/commands/program.ts';
import type { DoctorFinding } from '../../src/doctor/finding.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The node of bank A that is looked at, and that of bank B, which is its one peer. */
export interface BankNetwork {
  /** Never changed; each test takes a copy. */
  readonly template: string;
  readonly channelPort: number;
  readonly p2pPort: number;
  /** Where the node of bank B is for the others. */
  readonly peer: string;
  remove(): void;
}

/** Makes the folders of two banks, each on an address of its own. */
export async function makeNetwork(profile: Profile = 'secp256k1'): Promise<BankNetwork> {
  const template = mkdtempSync(join(tmpdir(), 'amop-daemon-'));
  const channelPort = await freePort();
  const p2pPort = await freePort();
  const planned = planNodes({
    agencies: ['bankA', 'bankB'],
    nodesPerAgency: 1,
    profile,
    channelPort,
    p2pPort,
    hosts: ['127.0.0.1', '127.0.0.2'],
  });
  await writeTree(template, (await issueNetwork(planned, profile)).files);
  // Few, so that the limit of open files of no machine is too low.
  const file = join(template, 'bankA/node0/config.ini');
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n[amop]\n    max_sessions=20\n`);
  const remove = (): void => rmSync(template, { recursive: true, force: true });
  return { template, channelPort, p2pPort, peer: `127.0.0.2:${p2pPort}`, remove };
}

/** A copy of the folders for one test. */
export class Banks {
  readonly folder: string = temporaryFolder();

  constructor(template: string) {
    cpSync(template, this.folder, { recursive: true });
  }

  /** A file or folder of the node of bank A. */
  at(...names: readonly string[]): string {
    return join(this.folder, 'bankA', 'node0', ...names);
  }

  /** Copies a file, seen from the folder of all, over one of the node of bank A. */
  take(from: string, to: string): void {
    copyFileSync(join(this.folder, from), this.at(to));
  }

  /** Changes a text; that it is not in the file fails the test. */
  edit(from: string, to: string, file = this.at('config.ini')): void {
    const text = readFileSync(file, 'utf8');
    if (!text.includes(from)) throw new Error(`no "${from}" in ${file}`);
    writeFileSync(file, text.replace(from, to));
  }

  /** Starts the node of a bank from its folder, as long as the test lasts. */
  async start(
    bank: 'bankA' | 'bankB',
    change: (config: NodeConfig) => NodeConfig = (config) => config,
  ): Promise<AmopNode> {
    const config = loadNodeConfig(join(this.folder, bank, 'node0', 'config.ini'));
    // Bank B dials nobody: what comes and goes in a test is not its concern.
    const quiet = bank === 'bankB' ? { ...config, p2p: { ...config.p2p, peers: [] } } : config;
    const node = createNode(change(quiet));
    onTestFinished(() => node.stop());
    await node.start();
    return node;
  }
}

/** What `amop doctor` has said. */
export interface Diagnosis {
  readonly code: number;
  /** Errors and warnings. */
  readonly findings: readonly DoctorFinding[];
  readonly notes: readonly DoctorFinding[];
  readonly stderr: string;
}

/** Runs `amop doctor` with the arguments. */
export async function diagnose(...args: readonly string[]): Promise<Diagnosis> {
  const terminal = fakeTerminal();
  const code = await runAmop(['doctor', ...args, '--json'], terminal);
  const all = terminal
    .stdoutText()
    .split('\n')
    .filter((line) => line !== '')
    .map((line): DoctorFinding => JSON.parse(line));
  return {
    code,
    findings: all.filter(({ severity }) => severity !== 'note'),
    notes: all.filter(({ severity }) => severity === 'note'),
    stderr: terminal.stderrText(),
  };
}

/** Listens as long as the test lasts. */
export async function listening<Some extends Server>(
  server: Some,
  host = '127.0.0.1',
  port = 0,
): Promise<number> {
  server.listen(port, host);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A program that has a port and says nothing to who connects. */
export function foreignProgram(): Server {
  return createServer((socket) => socket.destroy());
}
