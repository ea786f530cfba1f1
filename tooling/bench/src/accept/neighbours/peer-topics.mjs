// A node of another agency that announces a million topics, and then other ones again and again.
import { RawPeer } from '../raw-peer.mjs';
import { readNode } from '../raw-tls.mjs';
import { inScene, inWords } from './scene.mjs';

const TOPICS = 1_000_000;
const ALTERNATE_MS = 12_000;
/** After so long without a byte (peer_silence_ms) peers would take the node for dead. */
const LONGEST_LIMIT_MS = 20_000;

/** @returns {Promise<import('../../accept.mjs').Result[]>} */
export async function checkPeerTopics() {
  return [
    ...(await checkAnnouncement('a peer announces a list of 10^6 topics', 'announceOnce', 1_000)),
    ...(await checkAnnouncement('a peer alternates two lists of 10^6 topics', 'alternate', 2_500)),
  ];
}

function checkAnnouncement(what, attack, limitMib) {
  const check = `peer-topics: ${what}`;
  const limit = `none fails, longest < ${LONGEST_LIMIT_MS} ms, max_topics, < ${limitMib} MiB`;
  return inScene({ check, limit, guests: 1 }, async (scene) => {
    const attacker = scene.worker(import.meta.url);
    const folder = scene.guestFolders[0];
    const lists = await attacker.call(attack, { port: scene.node.p2pPort, folder });
    const times = await scene.times();
    const { peak } = scene.memory();
    return {
      measured: `${lists} lists taken; ${inWords(scene, times)}; peak ${peak.toFixed(0)} MiB`,
      holds: times.failed.length === 0 && peak < limitMib,
      inTime: times.longest < LONGEST_LIMIT_MS,
    };
  });
}

// In the process of the peer

const list = (name) =>
  Buffer.from(Array.from({ length: TOPICS }, (_, i) => `\t${name}/${i}`).join(''));

async function settled() {
  await new Promise((resolve) => setTimeout(resolve, 3_000));
}

export async function announceOnce({ port, folder }) {
  const peer = await RawPeer.dial(port, readNode(folder));
  await peer.announce(list('one'));
  await settled();
  return peer.listsGiven;
}

export async function alternate({ port, folder }) {
  const peer = await RawPeer.dial(port, readNode(folder));
  const lists = [list('one'), list('two')];
  const end = performance.now() + ALTERNATE_MS;
  for (let i = 0; performance.now() < end; i++) {
    const rest = new Promise((resolve) => setTimeout(resolve, end - performance.now()));
    await Promise.race([peer.announce(lists[i % 2]), rest]);
  }
  await settled();
  return peer.listsGiven;
}
