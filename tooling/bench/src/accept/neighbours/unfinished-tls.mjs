// TCP connections that never finish TLS, on both ports.
import { connect as connectTcp } from 'node:net';
import { RawPeer } from '../raw-peer.mjs';
import { readNode } from '../raw-tls.mjs';
import { filesOf, maxFiles } from './node-facts.mjs';
import { inScene, inWords, pass } from './scene.mjs';

const CONNECTIONS = 5_000;
const MAX_HANDSHAKES = 1_024;
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** What the attacking process needs besides its connections. */
const SPARE_FILES = 500;
/** What the node may hold for the clients that come and go, and for those whose end is not yet seen. */
const OTHER_FILES = 100;
/** Time in which all have to be gone once the last one was opened. */
const GONE_MS = HANDSHAKE_TIMEOUT_MS + 8_000;
/** Default of `connectTimeoutMs` of our client. */
const CONNECT_LIMIT_MS = 10_000;
const LIMIT_MIB = 400;
/** Connections under way at once. */
const LANES = 100;

/** @returns {Promise<import('../../accept.mjs').Result[]>} */
export function checkUnfinishedTls() {
  const check = `unfinished-tls: ${CONNECTIONS} connections without a TLS handshake, half on either port`;
  const limit = `none fails, new clients < ${CONNECT_LIMIT_MS} ms, <= ${MAX_HANDSHAKES} a port held (max_handshakes), < ${LIMIT_MIB} MiB`;
  const needed = CONNECTIONS + SPARE_FILES;
  if (maxFiles() < needed) {
    const measured = `skipped: needs ${needed} file descriptors, may have ${maxFiles()}: raise ulimit -Hn`;
    return Promise.resolve([{ check, limit, measured, passed: undefined }]);
  }
  return inScene({ check, limit, guests: 1 }, async (scene) => {
    const { node } = scene;
    const before = filesOf(node.pid);
    let held = 0;
    const watch = setInterval(() => {
      held = Math.max(held, filesOf(node.pid) - before);
    }, 20);
    const attacker = scene.worker(import.meta.url);
    const visitor = scene.worker(new URL('./good-clients.mjs', import.meta.url));
    const visits = visitor.call('visit', { node, forMs: HANDSHAKE_TIMEOUT_MS });
    const tookMs = await attacker.call('openAll', [node.port, node.p2pPort]);
    const peer = await RawPeer.dial(node.p2pPort, readNode(scene.guestFolders[0]));
    peer.close();
    const { longest, p50, count } = await visits;
    const areGone = await until(() => filesOf(node.pid) < before + OTHER_FILES, GONE_MS);
    clearInterval(watch);
    const times = await scene.times();
    const { peak } = scene.memory();
    return {
      measured: `opened in ${(tookMs / 1000).toFixed(1)} s, ${held} held at most, ${areGone ? 'none' : 'some'} after the time-out; ${count} new clients: p50 ${p50.toFixed(0)}, longest ${longest.toFixed(0)} ms; ${inWords(scene, times)}; peak ${peak.toFixed(0)} MiB`,
      holds:
        times.failed.length === 0 && held <= 2 * MAX_HANDSHAKES + OTHER_FILES && peak < LIMIT_MIB,
      inTime: areGone && longest < CONNECT_LIMIT_MS,
    };
  });
}

async function until(question, deadlineMs) {
  const end = performance.now() + deadlineMs;
  while (performance.now() < end) {
    if (question()) return true;
    await pass(50);
  }
  return false;
}

// In the process of the attacker

/** The first record of a TLS 1.2 client as far as its random: version, length of more, and no more. */
const HALF_HELLO = Buffer.from('16030100c8010000c40303', 'hex');

/** Opens them as fast as they are taken; how long that took, in ms. */
export async function openAll(ports) {
  const from = performance.now();
  let opened = 0;
  const lane = async () => {
    while (opened < CONNECTIONS) {
      const index = opened++;
      await openOne(ports[index % ports.length], index % 3);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return performance.now() - from;
}

function openOne(port, way) {
  const socket = connectTcp({ host: '127.0.0.1', port });
  misbehave(socket, way);
  return new Promise((resolve) => {
    socket.once('connect', resolve);
    socket.once('close', resolve);
    socket.on('error', () => {
      // 'close' follows.
    });
    // Without reading it would not hear that the node has ended it.
    socket.resume();
  });
}

function misbehave(socket, way) {
  if (way === 1) socket.write(HALF_HELLO);
  if (way !== 2) return;
  let sent = 0;
  const timer = setInterval(() => {
    socket.write(HALF_HELLO.subarray(sent, ++sent));
    if (sent === HALF_HELLO.length) clearInterval(timer);
  }, 1_000);
  socket.once('close', () => clearInterval(timer));
}
