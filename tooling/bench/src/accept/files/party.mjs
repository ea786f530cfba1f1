// In processes of their own: clients that send, receive, ask and answer.
import { hrtime } from 'node:process';
import { connect } from '@amop/client';
import { countServed } from './served-bytes.mjs';

export const TOPIC = 'files';
const REQUESTS = 'requests';
const REQUEST_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 60_000;
const LOOK_MS = 2;

/** Clients of this process, by name. */
const clients = new Map();
/** What each receiver has come to, by the name of its client. */
const states = new Map();

/** Opens a client; `port` where it is not that of the node. */
export async function open({ name = 'only', node, port = node.port }) {
  clients.set(name, await openClient(port, node.sdkFolder));
}

function openClient(port, directory, more = {}) {
  return connect({
    nodes: `127.0.0.1:${port}`,
    tls: { directory },
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    ...more,
  });
}

// Sender

/** Sends a file; times in ms since some moment, the same for all processes of the machine. */
export async function send({ path, options, name = 'only' }) {
  const client = clients.get(name);
  const from = nowMs();
  let hashedAt;
  const onProgress = ({ phase }) => {
    if (phase !== 'hashing') hashedAt ??= nowMs();
  };
  const sent = await client.sendFile(TOPIC, path, { ...options, onProgress });
  return { from, hashedAt, doneAt: nowMs(), sent };
}

/** Sends with a client of its own, and writes down what it serves. */
export async function sendCounted({ node, path, options, counterFile }) {
  const served = countServed(path, counterFile);
  const client = await openClient(node.port, node.sdkFolder, { ports: { files: served.files } });
  const onProgress = ({ phase }) => {
    if (phase === 'hashing') served.forget();
  };
  const sent = await client.sendFile(TOPIC, path, { ...options, onProgress });
  served.close();
  await client.close();
  return sent;
}

/** Asks so many times, so many at a time; ms that takes. */
export async function requestTime({ bodyBytes, count, inFlight, name = 'only' }) {
  const client = clients.get(name);
  const body = new Uint8Array(bodyBytes);
  let left = count;
  const lane = async () => {
    while (left-- > 0) await client.request(REQUESTS, body, { timeoutMs: REQUEST_TIMEOUT_MS });
  };
  const from = nowMs();
  await Promise.all(Array.from({ length: Math.min(inFlight, count) }, lane));
  return nowMs() - from;
}

/** Resolves when the requests of `requestTime` find who answers. */
export async function untilAnswered({ name = 'only' } = {}) {
  const client = clients.get(name);
  const end = nowMs() + CONNECT_TIMEOUT_MS;
  for (;;) {
    try {
      await client.request(REQUESTS, 'x');
      return;
    } catch (error) {
      if (nowMs() > end) throw error;
    }
  }
}

// Receiver

/** Answers the requests of `requestTime` shortly. */
export async function answer({ name = 'only' } = {}) {
  await clients.get(name).subscribe(REQUESTS, () => 'ok');
}

/** Receives into a folder; `refuses`: says no to everything. */
export async function receive({ directory, refuses = false, name = 'only' }) {
  const client = clients.get(name);
  const state = { start: undefined, wholeAt: undefined, doneAt: undefined, ends: [] };
  states.set(name, state);
  const onEvent = (event) => {
    switch (event.kind) {
      case 'started':
        state.start = { there: event.bytes, came: client.counters().bytesReceived };
        return;
      case 'progress':
        if (event.bytes === event.offer.size) state.wholeAt = nowMs();
        return;
      case 'done':
        Object.assign(state, { path: event.path, doneAt: nowMs() });
        state.ends.push('done');
        return;
      case 'refused':
      case 'failed':
        state.ends.push(`${event.kind} ${event.reason}`);
    }
  };
  await client.receiveFiles(TOPIC, { directory, accept: () => !refuses, onEvent });
}

/** Resolves when about so many bytes of a file are there: events about it are too rare for that. */
export async function untilReceived({ bytes, name = 'only' }) {
  const state = states.get(name);
  const came = () => clients.get(name).counters().bytesReceived - state.start.came;
  while (state.start === undefined || state.start.there + came() < bytes) {
    if (state.ends.length > 0) throw new Error(`it has ended: ${state.ends}`);
    await pass(LOOK_MS);
  }
}

/** How files have ended since the last call, once one has. */
export async function ended({ name = 'only' } = {}) {
  const state = states.get(name);
  while (state.ends.length === 0) await pass(LOOK_MS);
  const { doneAt, ends, path, wholeAt } = state;
  state.ends = [];
  return { doneAt, ends, path, wholeAt };
}

function pass(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function nowMs() {
  return Number(hrtime.bigint()) / 1e6;
}
