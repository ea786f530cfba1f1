import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AmopNode, createNode, loadNodeConfig, type NodeConfig } from '@amop/node';
import { AdminServer } from '../../src/admin/admin-server.ts';
import { issueNetwork } from '../../src/certs/issue.ts';
import { planNodes } from '../../src/certs/plan.ts';
import { writeTree } from '../../src/certs/write-tree.ts';
import { createLog } from '../../src/daemon/log.ts';
import { nodeMetrics } from '../../src/metrics/node-metrics.ts';
import { Prometheus } from '../../src/metrics/prometheus.ts';
import { fakeTerminal } from './fake-terminal.ts';

/** Two running nodes of two banks that know each other, on free ports. */
export interface TwoNodes {
  /** `amop` options of an application of the bank. */
  readonly bankA: readonly string[];
  readonly bankB: readonly string[];
  readonly folder: string;
  readonly nodeIdB: string;
  /** Admin ports, `host:port`. */
  readonly adminA: string;
  readonly adminB: string;
  readonly nodeA: AmopNode;
  readonly nodeB: AmopNode;
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
  const [adminA, adminB] = [await openAdmin(a), await openAdmin(b)];
  const options = (bank: string, node: AmopNode): string[] => {
    const { host, port } = node.channelAddress;
    return ['--node', `${host}:${port}`, '--certs', join(folder, bank, 'sdk')];
  };
  return {
    bankA: options('bankA', a),
    bankB: options('bankB', b),
    folder,
    nodeIdB: b.nodeId,
    nodeA: a,
    nodeB: b,
    adminA: adminA.address,
    adminB: adminB.address,
    stop: async () => {
      await Promise.all([a.stop(), b.stop(), adminA.server.stop(), adminB.server.stop()]);
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
    trace: true,
    channel: { ...config.channel, port: 0 },
    p2p: { ...config.p2p, port: 0, peers },
  });
  await node.start();
  return node;
}

/** The admin port of a node, as the daemon opens it; a reload changes nothing. */
async function openAdmin(
  node: AmopNode,
): Promise<{ readonly server: AdminServer; readonly address: string }> {
  const server = new AdminServer(
    {
      sight: node.sight,
      isReady: () => !node.sight.state().isStopping,
      counters: () => ({ ...node.counters(), auditDropped: 0 }),
      metrics: () =>
        nodeMetrics({
          snapshot: node.counters(),
          sight: node.sight,
          version: 'test',
          auditDropped: 0,
          wallMs: Date.now(),
        }),
      reload: () => ({ closedSessions: 0, closedPeers: 0, needsRestart: [] }),
    },
    {
      log: createLog({ level: 'error', json: true }, fakeTerminal()),
      prometheus: new Prometheus(),
    },
  );
  const { host, port } = await server.start({ host: '127.0.0.1', port: 0 });
  return { server, address: `${host}:${port}` };
}
