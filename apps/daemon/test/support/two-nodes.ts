import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AmopNode, createNode, loadNodeConfig, type NodeConfig } from '@amop/node';
import { issueNetwork } from '../../src/certs/issue.ts';
import { planNodes } from '../../src/certs/plan.ts';
import { writeTree } from '../../src/certs/write-tree.ts';

/** Two running nodes of two banks that know each other, on free ports. */
export interface TwoNodes {
  /** `amop` options of an application of the bank. */
  readonly bankA: readonly string[];
  readonly bankB: readonly string[];
  readonly folder: string;
  readonly nodeIdB: string;
  stop(): Promise<void>;
}

export async function startTwoNodes(): Promise<TwoNodes> {
  const folder = mkdtempSync(join(tmpdir(), 'amop-daemon-'));
  const planned = planNodes({
    agencies: ['bankA', 'bankB'],
    nodesPerAgency: 1,
    profile: 'secp256k1',
    channelPort: 20_200,
    p2pPort: 30_300,
    hosts: ['127.0.0.1'],
  });
  await writeTree(folder, (await issueNetwork(planned, 'secp256k1')).files);
  const running = await runTwoNodes(folder);
  return {
    ...running,
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the first nodes of bankA and bankB of a network that is there. The folder stays. */
export async function runTwoNodes(folder: string): Promise<TwoNodes> {
  const b = await startNode(folder, 'bankB', []);
  const a = await startNode(folder, 'bankA', [b.p2pAddress]);
  const options = (bank: string, node: AmopNode): string[] => {
    const { host, port } = node.channelAddress;
    return ['--node', `${host}:${port}`, '--certs', join(folder, bank, 'sdk')];
  };
  return {
    bankA: options('bankA', a),
    bankB: options('bankB', b),
    folder,
    nodeIdB: b.nodeId,
    stop: async () => {
      await Promise.all([a.stop(), b.stop()]);
    },
  };
}

/** The configuration is read as it was written; only the ports are replaced by free ones. */
async function startNode(
  folder: string,
  bank: string,
  peers: NodeConfig['p2p']['peers'],
): Promise<AmopNode> {
  const config = loadNodeConfig(join(folder, bank, 'node0', 'config.ini'));
  const node = createNode({
    ...config,
    channel: { ...config.channel, port: 0 },
    p2p: { ...config.p2p, port: 0, peers },
  });
  await node.start();
  return node;
}
