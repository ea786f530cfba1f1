// Three nodes of three organisations, each connected to the others, and the certificates of a fourth.
import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commandFile, freePorts, writeConfig } from '../nodes.mjs';
import { askAdmin } from './admin-port.mjs';
import { SoakedNode } from './soaked-node.mjs';

const run = promisify(execFile);

const NAMES = ['A', 'B', 'C'];
const GUEST = 'bankD';
/** Much more than it takes, as the machine may be busy. */
const DEADLINE_MS = 60_000;
const ASK_AGAIN_MS = 20;

const agencyOf = (name) => `bank${name}`;

/**
 * Starts the nodes and waits until all see each other.
 *
 * @param {string} command  script of amopd
 * @returns {Promise<{ nodes: SoakedNode[], folder: string, guestFolder: string, remove: () => void }>}
 *   `guestFolder`: certificates of a node that is not started
 */
export async function startMesh(command) {
  const folder = mkdtempSync(join(tmpdir(), 'amop-soak-'));
  const agencies = [...NAMES.map(agencyOf), GUEST].flatMap((name) => ['--agency', name]);
  const certs = ['certs', '--out', folder, ...agencies];
  execFileSync(process.execPath, [commandFile('amop'), ...certs], { stdio: 'pipe' });
  const ports = await freePorts(NAMES.length * 3);
  const peerPorts = ports.slice(0, NAMES.length);
  const nodes = NAMES.map((name, i) => {
    const nodeFolder = join(folder, agencyOf(name), 'node0');
    const [port, adminPort] = ports.slice(NAMES.length + 2 * i);
    writeConfig(nodeFolder, {
      channelPort: port,
      p2pPort: peerPorts[i],
      peerPorts,
      // An application of bankC has bank B's node as its second one.
      checkCertIssuer: false,
    });
    appendFileSync(join(nodeFolder, 'config.ini'), `[amop]\n    admin_listen_port=${adminPort}\n`);
    return new SoakedNode({
      name,
      folder: nodeFolder,
      logFile: join(folder, `${name}.log`),
      sdkFolder: join(folder, agencyOf(name), 'sdk'),
      port,
      p2pPort: peerPorts[i],
      adminPort,
      command,
    });
  });
  for (const node of nodes) await node.start();
  await untilPeered(nodes);
  return {
    nodes,
    folder,
    guestFolder: join(folder, GUEST, 'node0'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Waits until every node is connected to every other one. */
export function untilPeered(nodes) {
  return until('the nodes are peers', async () => {
    const states = await Promise.all(nodes.map((node) => askAdmin(node.adminPort, '/v1/state')));
    return states.every(({ unreached }) => unreached.length === 0);
  });
}

/** Waits until the nodes route a topic. */
export function untilRouted(nodes, topic) {
  return until(`${topic} has a subscriber`, async () => {
    const path = `/v1/subscribers?topic=${topic}`;
    const found = await Promise.all(nodes.map((node) => askAdmin(node.adminPort, path)));
    return found.every(({ subscribers }) => subscribers.length > 0);
  });
}

/** `amop reload`; rejects if that says that something is wrong. */
export async function reload({ adminPort }) {
  const args = [commandFile('amop'), 'reload', '--admin', `127.0.0.1:${adminPort}`];
  await run(process.execPath, args);
}

/** Asks again until the answer is yes. */
export async function until(what, question) {
  const endMs = performance.now() + DEADLINE_MS;
  while (!(await question())) {
    if (performance.now() > endMs) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}
