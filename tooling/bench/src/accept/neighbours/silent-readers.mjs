// A hundred subscribers that read nothing, each below the mark at which it would be cut alone.
import { encodeBody, encodeFrame, MULTICAST, RawChannel } from '../raw-channel.mjs';
import { readSdk } from '../raw-tls.mjs';
import { inScene, inWords } from './scene.mjs';

const TOPIC = 'silent';
const SUBSCRIBERS = 100;
/** As many bytes of frames for each subscriber. */
const BYTES = 15.5 * 1024 * 1024;
const CONTENT_BYTES = 64;
const LARGE_BYTES = 6 * 1024 * 1024;
const LARGE_CONTENT_BYTES = 30_000;
const WRITE_BYTES = 32 * 1024;
const LONGEST_LIMIT_MS = 3_000;
/** max_silent_queue_bytes, 8 bytes a frame, the node itself, and what is not collected yet. */
const LIMIT_MIB = 256 + 20 + 100 + 264;

/** @returns {Promise<import('../../accept.mjs').Result[]>} */
export function checkSilentReaders() {
  const check = `silent-readers: ${SUBSCRIBERS} subscribers read nothing of 15.5 MiB of ${CONTENT_BYTES}-byte multicasts each`;
  const limit = `none fails, longest < ${LONGEST_LIMIT_MS} ms, < ${LIMIT_MIB} MiB (max_silent_queue_bytes)`;
  return inScene({ check, limit }, async (scene) => {
    const [readers, sender] = [1, 2].map(() => scene.worker(import.meta.url));
    await readers.call('subscribeSilently', scene.node);
    const tookMs = await sender.call('sendAll', scene.node);
    const times = await scene.times();
    const { now, peak } = scene.memory();
    const cut = scene.logged({ cause: 'slow-consumer' });
    return {
      measured: `sent in ${(tookMs / 1000).toFixed(1)} s, ${cut} cut; ${inWords(scene, times)}; peak ${peak.toFixed(0)} MiB, then ${now.toFixed(0)}`,
      holds: times.failed.length === 0 && cut > 0 && peak < LIMIT_MIB,
      inTime: times.longest < LONGEST_LIMIT_MS,
    };
  });
}

// In the processes of the subscribers and of the sender

export async function subscribeSilently({ port, sdkFolder }) {
  const sdk = readSdk(sdkFolder);
  for (let i = 0; i < SUBSCRIBERS; i++) {
    const channel = await RawChannel.connect(port, sdk);
    await channel.subscribe([TOPIC]);
    channel.stopReading();
  }
}

export async function sendAll({ port, sdkFolder }) {
  const channel = await RawChannel.connect(port, readSdk(sdkFolder));
  const from = performance.now();
  // Large ones first: they fill the buffers of the kernel sooner.
  await sendBytes(channel, LARGE_BYTES, LARGE_CONTENT_BYTES);
  await sendBytes(channel, BYTES - LARGE_BYTES, CONTENT_BYTES);
  await channel.rpc('getPeers');
  return performance.now() - from;
}

async function sendBytes(channel, bytes, contentBytes) {
  const body = encodeBody(TOPIC, Buffer.alloc(contentBytes));
  const { length } = encodeFrame(MULTICAST, body);
  const atOnce = Math.ceil(WRITE_BYTES / length);
  for (let sent = 0; sent < bytes; sent += atOnce * length) {
    const frames = Array.from({ length: atOnce }, () => encodeFrame(MULTICAST, body));
    await channel.write(Buffer.concat(frames));
  }
}
