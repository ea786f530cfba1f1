// Two peered nodes of two organisations in a temporary folder.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandFile, freePorts, startNode, writeConfig } from '../nodes.mjs';
import { RawChannel } from './raw-channel.mjs';
import { readSdk } from './raw-tls.mjs';

const DEADLINE_MS = 20_000;
const GUEST = 'bankC';

/**
 * @typedef {object} NetworkNode
 * @property {number} port  for applications
 * @property {number} p2pPort
 * @property {number} pid
 * @property {string} folder
 * @property {string} logFile
 * @property {string} sdkFolder
 */

/**
 * Starts nodes A (bankA) and B (bankB) and waits until they are peers.
 *
 * @param {number} guests  folders of nodes of bankC to make, which are not started
 * @returns {Promise<{ nodes: Record<'A' | 'B', NetworkNode>, guestFolders: string[],
 *   client: (node: 'A' | 'B') => Promise<RawChannel>, kill: (node: 'A' | 'B') => Promise<void>,
 *   start: (node: 'A' | 'B') => Promise<void>, stop: () => Promise<void> }>}
 *   `kill` is SIGKILL; `start` brings such a node back on the ports it had
 */
export async function startNetwork(guests = 0) {
  const folder = mkdtempSync(join(tmpdir(), 'amop-accept-'));
  const agencies = { A: 'bankA', B: 'bankB' };
  const certs = ['certs', '--out', folder, '--agency', agencies.A, '--agency', agencies.B];
  if (guests > 0) certs.push('--agency', GUEST, '--nodes', String(guests));
  execFileSync(process.execPath, [commandFile('amop'), ...certs], { stdio: 'pipe' });
  const [channelA, channelB, p2pA, p2pB] = await freePorts(4);
  const ports = {
    A: { channelPort: channelA, p2pPort: p2pA },
    B: { channelPort: channelB, p2pPort: p2pB },
  };
  const nodes = {};
  const open = [];
  const client = async (name) => {
    const channel = await RawChannel.connect(nodes[name].port, readSdk(nodes[name].sdkFolder));
    open.push(channel);
    return channel;
  };
  const start = async (name) => {
    const nodeFolder = join(folder, agencies[name], 'node0');
    const logFile = join(folder, `${name}.log`);
    const node = await startNode(nodeFolder, logFile);
    nodes[name] = {
      ...node,
      folder: nodeFolder,
      logFile,
      port: ports[name].channelPort,
      p2pPort: ports[name].p2pPort,
      sdkFolder: join(folder, agencies[name], 'sdk'),
    };
  };
  for (const name of ['A', 'B']) {
    const nodeFolder = join(folder, agencies[name], 'node0');
    writeConfig(nodeFolder, { ...ports[name], peerPorts: [p2pA, p2pB] });
    await start(name);
  }
  for (const name of ['A', 'B']) {
    const channel = await client(name);
    await until(async () => (await channel.rpc('getPeers')).length === 1, 'the nodes are peers');
  }
  return {
    nodes,
    guestFolders: Array.from({ length: guests }, (_, i) => join(folder, GUEST, `node${i}`)),
    client,
    kill: (name) => nodes[name].kill(),
    start,
    stop: async () => {
      for (const channel of open) channel.close();
      await Promise.all([nodes.A.stop(), nodes.B.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Asks again until the answer is yes. */
async function until(question, what) {
  const end = performance.now() + DEADLINE_MS;
  while (!(await question())) {
    if (performance.now() > end) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits until the node behind the connection routes the topic to a peer. */
export function untilRoutable(channel, topic) {
  return until(
    async () => (await channel.rpc('getPeers')).some((peer) => peer.Topic.includes(topic)),
    `a peer lists ${topic}`,
  );
}

/** The middle of the sorted numbers. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
