// What it costs a node that its operator may look: CPU of both nodes for each message.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@amop/client';
import { commandFile, freePorts, startNode, writeConfig } from '../nodes.mjs';
import { median } from './network.mjs';

const ROUNDS = 3;
const RUN_MS = 4_000;
const IN_FLIGHT = 64;
const TOPIC = 'sight';
const BODY = new Uint8Array(128);
/** Linux counts the CPU of processes in hundredths of a second. */
const TICK_US = 10_000;
const LIMITS_US = { trace: 15, audit: 60 };

/** @returns {Promise<import('../accept.mjs').Result[]>} */
export async function checkSight() {
  const costs = { off: [], trace: [], audit: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of Object.keys(costs)) costs[kind].push(await costOf(kind));
  }
  const off = median(costs.off);
  return Object.entries(LIMITS_US).map(([kind, limit]) => {
    const added = median(costs[kind]) - off;
    return {
      check: `CPU of a node for a message of 128 B with ${kind === 'trace' ? 'an admin port (trace)' : 'an audit log'}`,
      limit: `< ${limit} us more`,
      measured: `${added.toFixed(1)} us more than ${off.toFixed(1)} us`,
      passed: added < limit,
    };
  });
}

/** Microseconds for each message and node. */
async function costOf(kind) {
  const folder = mkdtempSync(join(tmpdir(), 'amop-accept-'));
  const certs = ['certs', '--out', folder, '--agency', 'bankA', '--agency', 'bankB'];
  execFileSync(process.execPath, [commandFile('amop'), ...certs], { stdio: 'pipe' });
  const [channelA, channelB, p2pA, p2pB, adminA, adminB] = await freePorts(6);
  const nodes = [];
  const clients = [];
  try {
    for (const [agency, channelPort, p2pPort, admin] of [
      ['bankA', channelA, p2pA, adminA],
      ['bankB', channelB, p2pB, adminB],
    ]) {
      const nodeFolder = join(folder, agency, 'node0');
      writeConfig(nodeFolder, { channelPort, p2pPort, peerPorts: [p2pA, p2pB] });
      const lines = {
        off: '',
        trace: `admin_listen_port=${admin}`,
        audit: 'audit_log=audit.jsonl',
      };
      appendFileSync(join(nodeFolder, 'config.ini'), `\n[amop]\n${lines[kind]}\n`);
      nodes.push(await startNode(nodeFolder, join(folder, `${agency}.log`)));
      const directory = join(folder, agency, 'sdk');
      clients.push(await connect({ nodes: `127.0.0.1:${channelPort}`, tls: { directory } }));
    }
    return await exchange(nodes, clients);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await Promise.all(nodes.map((node) => node.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function exchange(nodes, [asker, answerer]) {
  await answerer.subscribe(TOPIC, (message) => message.body);
  while (!(await isAnswered(asker)));
  const before = nodes.map(({ pid }) => cpuTicks(pid));
  const end = performance.now() + RUN_MS;
  let answered = 0;
  const askOn = async () => {
    while (performance.now() < end) {
      await asker.request(TOPIC, BODY);
      answered++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, askOn));
  const ticks = nodes.map(({ pid }, i) => cpuTicks(pid) - before[i]);
  return (ticks.reduce((sum, each) => sum + each, 0) * TICK_US) / nodes.length / answered;
}

async function isAnswered(client) {
  try {
    await client.request(TOPIC, BODY);
    return true;
  } catch {
    return false;
  }
}

function cpuTicks(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
