// An application that subscribes a million topics, in few large and in many small frames.
import { HANDSHAKE, RawChannel, SUBSCRIBE } from '../raw-channel.mjs';
import { readSdk } from '../raw-tls.mjs';
import { inScene, inWords } from './scene.mjs';

const TOPICS = 1_000_000;
const LARGE = 250_000;
const SMALL = 100;
/** Default time-out of a request of our client. */
const LONGEST_LIMIT_MS = 5_000;
const MAX_TOPICS = 100_000;
const LIMIT_MIB = 700;

/** @returns {Promise<import('../../accept.mjs').Result[]>} */
export async function checkManyTopics() {
  return [
    ...(await checkFrames(LARGE, 'subscribeWhole')),
    ...(await checkFrames(SMALL, 'subscribeMore')),
  ];
}

function checkFrames(size, attack) {
  const check = `many-topics: an application subscribes ${TOPICS} topics, ${size} a frame`;
  const limit = `none fails, longest < ${LONGEST_LIMIT_MS} ms, max_topics_per_session, < ${LIMIT_MIB} MiB`;
  return inScene({ check, limit }, async (scene) => {
    const attacker = scene.worker(import.meta.url);
    const tookMs = await attacker.call(attack, scene.node);
    const times = await scene.times();
    const { peak } = scene.memory();
    const taken = await attacker.call('countTopics');
    return {
      measured: `${taken} taken, over after ${(tookMs / 1000).toFixed(1)} s; ${inWords(scene, times)}; peak ${peak.toFixed(0)} MiB`,
      holds: times.failed.length === 0 && taken <= MAX_TOPICS && peak < LIMIT_MIB,
      inTime: times.longest < LONGEST_LIMIT_MS,
    };
  });
}

// In the process of the attacker

let channel;

const topics = (from, count) => Array.from({ length: count }, (_, i) => `many/${from + i}`);

/** As an original SDK: each frame is the whole set. */
export async function subscribeWhole({ port, sdkFolder }) {
  channel = await RawChannel.connect(port, readSdk(sdkFolder));
  const from = performance.now();
  for (let at = 0; at < TOPICS; at += LARGE) await channel.subscribe(topics(at, LARGE));
  return performance.now() - from;
}

/** As one of our clients: each frame adds some. */
export async function subscribeMore({ port, sdkFolder }) {
  channel = await RawChannel.connect(port, readSdk(sdkFolder));
  const wanted = { minimumSupport: 1, maximumSupport: 3, amop: { v: 1, want: ['ack'] } };
  await channel.call(HANDSHAKE, JSON.stringify(wanted));
  const from = performance.now();
  for (let at = 0; at < TOPICS; at += SMALL) {
    const change = JSON.stringify({ add: topics(at, SMALL) });
    if (at % (10 * SMALL) === 0) await channel.call(SUBSCRIBE, change);
    else channel.send(SUBSCRIBE, change);
  }
  return performance.now() - from;
}

export async function countTopics() {
  return (await channel.rpc('getNodeInfo')).Topic.filter((topic) => topic.startsWith('many/'))
    .length;
}
