// Both nodes renew their certificates while 1 000 messages a second go through them.
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { connect } from '@amop/client';
import { commandFile } from '../nodes.mjs';
import { startNetwork, untilRoutable } from './network.mjs';
import { dialTls, readSdk } from './raw-tls.mjs';

const run = promisify(execFile);

const RATE_PER_S = 1_000;
const TICK_MS = 5;
const PART_MS = 2_000;
const TOPIC = 'rotation';

/** @returns {Promise<import('../accept.mjs').Result[]>} */
export async function checkRotation() {
  const network = await startNetwork();
  const clients = [];
  try {
    for (const name of ['A', 'B']) clients.push(await clientOf(network.nodes[name]));
    return [await rotateUnderLoad(network, clients)];
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await network.stop();
  }
}

async function rotateUnderLoad(network, [asker, answerer]) {
  const { A, B } = network.nodes;
  const handled = new Map();
  let disconnects = 0;
  for (const client of [asker, answerer]) client.on('disconnected', () => disconnects++);
  await answerer.subscribe(TOPIC, (message) => {
    const text = message.text();
    handled.set(text, (handled.get(text) ?? 0) + 1);
    message.respond(message.body);
  });
  await untilRoutable(await network.client('A'), TOPIC);
  const load = startLoad(asker);
  const before = [await shownBy(A), await shownBy(B)];
  for (const node of [A, B, A, B]) {
    await wait(PART_MS);
    await renew(node);
  }
  await wait(PART_MS);
  const { failed, rate, sent, times } = await load.stop();
  const after = [await shownBy(A), await shownBy(B)];
  const isNew = after.every((serial, i) => serial !== before[i]);
  const lost = sent - handled.size;
  const doubled = [...handled.values()].filter((count) => count > 1).length;
  const longest = Math.max(...times).toFixed(0);
  const faults = `${failed} failed, ${lost} lost, ${doubled} doubled, ${disconnects} disconnects`;
  return {
    check: 'both nodes renew their certificates twice under 1 000 messages/s',
    limit: 'nothing lost',
    measured: `${sent} at ${rate.toFixed(0)}/s: ${faults}; longest ${longest} ms${isNew ? '' : ', OLD CERTIFICATE'}`,
    passed: isNew && failed + lost + doubled + disconnects === 0,
  };
}

/** Sends so many a second, whether earlier ones were answered or not. */
function startLoad(client) {
  const from = performance.now();
  const times = [];
  const pending = new Set();
  let failed = 0;
  let sent = 0;
  const send = () => {
    const due = ((performance.now() - from) / 1_000) * RATE_PER_S;
    while (sent < due) {
      const at = performance.now();
      const asked = client
        .request(TOPIC, String(sent++))
        .then(() => times.push(performance.now() - at))
        .catch(() => failed++)
        .finally(() => pending.delete(asked));
      pending.add(asked);
    }
  };
  const timer = setInterval(send, TICK_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      const rate = (sent / (performance.now() - from)) * 1_000;
      await Promise.all(pending);
      return { failed, rate, sent, times };
    },
  };
}

function clientOf({ port, sdkFolder }) {
  return connect({ nodes: `127.0.0.1:${port}`, tls: { directory: sdkFolder } });
}

/** A certificate of the same key, and SIGHUP. */
async function renew({ folder, pid }) {
  const file = join(folder, 'conf', 'node.crt');
  await run(process.execPath, [commandFile('amop'), 'certs', 'renew', file]);
  process.kill(pid, 'SIGHUP');
}

/** Serial number of the certificate on the channel port; it must be that of the file. */
async function shownBy({ folder, port, sdkFolder }) {
  const socket = await dialTls(port, readSdk(sdkFolder));
  const shown = socket.getPeerX509Certificate()?.serialNumber;
  socket.destroy();
  const file = new X509Certificate(readFileSync(join(folder, 'conf', 'node.crt')));
  return shown === file.serialNumber ? shown : undefined;
}
