// A subscriber that stops reading, among eight that read on.
import { connect } from '@amop/client';
import { RawChannel } from '../raw-channel.mjs';
import { readSdk } from '../raw-tls.mjs';
import { inScene } from './scene.mjs';

const TOPIC = 'flood';
const READERS = 8;
const MESSAGE_BYTES = 64 * 1024;
const MESSAGES = 3_200;
const OUTSTANDING = 64;
/** A run is timed in so many parts: of each the quickest of all runs counts, as noise only adds. */
const PARTS = 16;
const PAIRS = 3;
/** No pair is begun after that. */
const BUDGET_MS = 50_000;
const LIMIT_PERCENT = 5;
const LIMIT_MIB = 300;
const DEADLINE_MS = 180_000;

/** @returns {Promise<import('../../accept.mjs').Result[]>} */
export function checkStoppedReader() {
  const check = `stopped-reader: 200 MB of multicast to ${READERS} readers and one that stops reading`;
  const limit = `loss < ${LIMIT_PERCENT} %, cut (cut_bytes), < ${LIMIT_MIB} MiB`;
  return inScene({ check, limit, deadlineMs: DEADLINE_MS }, async (scene) => {
    const [readers, publisher, stopped] = [1, 2, 3].map(() => scene.worker(import.meta.url));
    await readers.call('read', scene.node);
    await publisher.call('openPublisher', scene.node);
    const runs = { alone: [], disturbed: [] };
    const end = performance.now() + BUDGET_MS;
    for (let pair = 0; pair < PAIRS && performance.now() < end; pair++) {
      for (const name of pair % 2 ? ['alone', 'disturbed'] : ['disturbed', 'alone']) {
        if (name === 'disturbed') await stopped.call('stopReading', scene.node);
        const timed = readers.call('timeParts');
        await publisher.call('publishAll');
        runs[name].push(await timed);
        await stopped.call('leave');
      }
    }
    const [alone, disturbed] = [quickest(runs.alone), quickest(runs.disturbed)];
    const lossPercent = (1 - alone / disturbed) * 100;
    const noisePercent = spread(runs.alone) * 100;
    const { peak } = scene.memory();
    const cut = scene.logged({ cause: 'slow-consumer' });
    return {
      measured: `loss ${lossPercent.toFixed(1)} % (${rate(alone)} -> ${rate(disturbed)} each; runs alone differ by ${noisePercent.toFixed(0)} %), ${cut} of ${runs.disturbed.length} cut, peak ${peak.toFixed(0)} MiB`,
      holds: cut === runs.disturbed.length && peak < LIMIT_MIB,
      inTime: lossPercent < LIMIT_PERCENT,
    };
  });
}

/** Time of a run of which each part was as quick as in the best of all runs, in ms. */
function quickest(runs) {
  return runs[0].reduce((sum, _, part) => sum + Math.min(...runs.map((times) => times[part])), 0);
}

/** By which part the slowest run took longer than the quickest. */
function spread(runs) {
  const totals = runs.map((times) => times.reduce((sum, time) => sum + time, 0));
  return Math.max(...totals) / Math.min(...totals) - 1;
}

function rate(tookMs) {
  return `${((MESSAGES * MESSAGE_BYTES) / 1_000 / tookMs).toFixed(1)} MB/s`;
}

// In the processes of the readers, of the publisher, and of the one that stops

let publisher;
let stopped;
let received = 0;
let onMessage = () => {};

export async function read(node) {
  for (let i = 0; i < READERS; i++) {
    const client = await open(node);
    await client.subscribe(TOPIC, () => {
      received++;
      onMessage();
    });
  }
}

/** Times of the parts of a run that begins now, in ms. */
export function timeParts() {
  const partSize = (READERS * MESSAGES) / PARTS;
  const times = [];
  let from = performance.now();
  received = 0;
  return new Promise((resolve) => {
    onMessage = () => {
      if (received % partSize !== 0) return;
      const now = performance.now();
      times.push(now - from);
      from = now;
      if (times.length === PARTS) resolve(times);
    };
  });
}

export async function openPublisher(node) {
  publisher = await open(node);
}

export async function publishAll() {
  let left = MESSAGES;
  const body = new Uint8Array(MESSAGE_BYTES);
  const lane = async () => {
    while (left-- > 0) await publisher.publish(TOPIC, body, { timeoutMs: 60_000 });
  };
  await Promise.all(Array.from({ length: OUTSTANDING }, lane));
}

export async function stopReading({ port, sdkFolder }) {
  stopped = await RawChannel.connect(port, readSdk(sdkFolder));
  await stopped.subscribe([TOPIC]);
  stopped.stopReading();
}

export function leave() {
  stopped?.close();
}

function open({ port, sdkFolder }) {
  return connect({ nodes: `127.0.0.1:${port}`, tls: { directory: sdkFolder } });
}
