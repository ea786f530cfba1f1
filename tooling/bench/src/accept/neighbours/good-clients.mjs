// Well-behaved clients; runs in processes of its own, one for each client that is measured.
import { connect } from '@amop/client';

const TOPIC = 'neighbour';
const EVERY_MS = 5;
const TIMEOUT_MS = 30_000;
const BODY = new Uint8Array(256).fill(0x61);

/** @type {import('@amop/client').AmopClient} */
let client;
let samples = [];
let failures = [];
let outstanding = new Set();

function open({ port, sdkFolder }) {
  return connect({
    nodes: `127.0.0.1:${port}`,
    tls: { directory: sdkFolder },
    connectTimeoutMs: TIMEOUT_MS,
  });
}

/** Answers requests. */
export async function answer(node) {
  client = await open(node);
  await client.subscribe(TOPIC, (message) => message.body);
}

/** Begins to ask, at a steady pace whatever the answers do. */
export async function ask(node) {
  client = await open(node);
  const end = performance.now() + TIMEOUT_MS;
  while (!(await isAnswered())) {
    if (performance.now() > end) throw new Error('the neighbours do not find each other');
  }
  setInterval(() => {
    const call = one().finally(() => outstanding.delete(call));
    outstanding.add(call);
  }, EVERY_MS);
}

async function isAnswered() {
  try {
    await client.request(TOPIC, BODY);
    return true;
  } catch {
    return false;
  }
}

async function one() {
  const from = performance.now();
  try {
    await client.request(TOPIC, BODY, { timeoutMs: TIMEOUT_MS });
    samples.push(performance.now() - from);
  } catch (error) {
    failures.push(error.code);
  }
}

/** Times of the requests since the last call, in ms, once all that were begun have ended. */
export async function times() {
  const begun = [...outstanding];
  outstanding = new Set();
  await Promise.all(begun);
  const result = { ...summaryOf(samples), failed: failures };
  samples = [];
  failures = [];
  return result;
}

/** Connects and closes new clients for a while: how long connecting took, in ms. */
export async function visit({ node, forMs }) {
  const took = [];
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    const from = performance.now();
    const visitor = await open(node);
    took.push(performance.now() - from);
    await visitor.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return summaryOf(took);
}

function summaryOf(times) {
  const sorted = times.sort((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), longest: at(1) };
}
