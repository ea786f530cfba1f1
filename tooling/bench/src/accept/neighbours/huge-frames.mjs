// Frames of 100 MiB on fifty connections at once.
import { MULTICAST, RawChannel } from '../raw-channel.mjs';
import { RawPeer } from '../raw-peer.mjs';
import { readNode, readSdk } from '../raw-tls.mjs';
import { inScene, inWords } from './scene.mjs';

const FRAME_BYTES = 100 * 1024 * 1024;
const EACH = 25;
const FOR_MS = 12_000;
const CHUNK_BYTES = 256 * 1024;
const LONGEST_LIMIT_MS = 5_000;
/** reassembly_bytes, one frame as its parts and joined, the node itself, and what is not collected yet. */
const LIMIT_MIB = 256 + 2 * 100 + 100 + 300;

/** @returns {Promise<import('../../accept.mjs').Result[]>} */
export function checkHugeFrames() {
  const check = `huge-frames: 100 MiB frames on ${2 * EACH} connections, half of them of nodes`;
  const limit = `none fails, longest < ${LONGEST_LIMIT_MS} ms, < ${LIMIT_MIB} MiB (reassembly_bytes)`;
  return inScene({ check, limit, guests: EACH }, async (scene) => {
    const { guestFolders, node } = scene;
    const attacker = scene.worker(import.meta.url);
    const sent = await attacker.call('sendAll', { node, guestFolders });
    const times = await scene.times();
    const { peak } = scene.memory();
    return {
      measured: `${sent.frames} whole frames, ${(sent.bytes / 1024 ** 2).toFixed(0)} MiB taken, ${sent.ended} ended; ${inWords(scene, times)}; peak ${peak.toFixed(0)} MiB`,
      holds: times.failed.length === 0 && peak < LIMIT_MIB,
      inTime: times.longest < LONGEST_LIMIT_MS,
    };
  });
}

// In the process of the attacker

export async function sendAll({ node, guestFolders }) {
  const sdk = readSdk(node.sdkFolder);
  const connections = [];
  for (const folder of guestFolders) {
    const peer = await RawPeer.dial(node.p2pPort, readNode(folder));
    connections.push([peer, p2pHead()], [await RawChannel.connect(node.port, sdk), channelHead()]);
  }
  const end = performance.now() + FOR_MS;
  const sent = { frames: 0, bytes: 0, ended: 0 };
  const over = new Promise((resolve) => setTimeout(resolve, FOR_MS));
  const all = connections.map(async ([connection, head]) => {
    while (performance.now() < end && !connection.isClosed) {
      await sendFrame(connection, head, sent, end);
    }
  });
  await Promise.race([Promise.all(all), over]);
  sent.ended = connections.filter(([connection]) => connection.isClosed).length;
  return sent;
}

async function sendFrame(connection, head, sent, end) {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  await connection.write(head);
  for (let left = FRAME_BYTES - head.length; left > 0; left -= CHUNK_BYTES) {
    if (connection.isClosed || performance.now() > end) return;
    const bytes = left < CHUNK_BYTES ? chunk.subarray(0, left) : chunk;
    await connection.write(bytes);
    sent.bytes += bytes.length;
  }
  sent.frames++;
}

/** The head of a multicast that nobody listens to. */
function channelHead() {
  const head = Buffer.alloc(42 + 6);
  head.writeUInt32BE(FRAME_BYTES, 0);
  head.writeUInt16BE(MULTICAST, 4);
  head.fill('0', 6, 38);
  head.write('\x06empty', 42);
  return head;
}

/** The head of a p2p frame around the same. */
function p2pHead() {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(FRAME_BYTES, 0);
  head.writeInt32BE(1, 6);
  head.writeUInt16BE(1, 10);
  return head;
}
