// What every process with load gives to the run: its tally, what it holds, and an orderly end.
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from '@amop/client';
import { ownResources } from '../own-resources.mjs';
import { Pace } from './pace.mjs';
import { Tally } from './tally.mjs';

/** A busy machine is no fault of the code: what ends by this time was lost. */
const PATIENCE_MS = 30_000;
/** Closed sockets are gone a few turns later. */
const CLOSED_WITHIN_MS = 5_000;
const ASK_AGAIN_MS = 20;
const IPC_CHANNEL = 'PipeWrap';

export const tally = new Tally();
export const pace = new Pace();
/** @type {{ name: string, client: import('@amop/client').AmopClient }[]} */
const clients = [];

process.on('unhandledRejection', (error) => {
  tally.fault('process', 'UNHANDLED', String(error?.stack ?? error));
});

/**
 * A client with the patience of this load.
 *
 * @param {string} name  as the node sees it
 * @param {{ port: number, sdkFolder: string }} place
 * @param {Partial<import('@amop/client').ConnectOptions>} [more]
 */
export function connectTo(name, { port, sdkFolder }, more = {}) {
  return connect({
    nodes: `127.0.0.1:${port}`,
    tls: { directory: sdkFolder },
    name,
    connectTimeoutMs: PATIENCE_MS,
    requestTimeoutMs: PATIENCE_MS,
    ...more,
  });
}

/** A client that lives as long as the load. Its errors that no call reports are faults, but for those of handlers. */
export function keep(name, client, { nearRestart = false } = {}) {
  clients.push({ name, client });
  const fault = (error) => tally.fault(`${name} link`, error.code, error.message, { nearRestart });
  client.on('error', ({ error }) => {
    if (error.code !== 'AMOP_CLIENT_HANDLER_FAILED') fault(error);
  });
  client.on('disconnected', ({ error }) => fault(error));
  client.on('paused', () =>
    tally.fault(`${name} link`, 'PAUSED', 'the client has stopped reading'),
  );
  return client;
}

/** Tally, resources, and what the clients hold together. */
export function report() {
  const resources = { ...ownResources(), ...heldByClients() };
  return { ...tally.report(), leftOut: pace.leftOut, resources };
}

/** Ends the load; resolves once every call has its outcome. */
export async function endLoad() {
  await pace.end();
  await tally.settled();
}

/**
 * Closes the clients.
 *
 * @returns the last report; `held`: what they held before; `left`: what keeps the process alive afterwards,
 *   besides its IPC channel
 */
export async function closeClients() {
  const held = heldByClients();
  await Promise.all(clients.map(({ client }) => client.close()));
  const endMs = performance.now() + CLOSED_WITHIN_MS;
  let left;
  do {
    await wait(ASK_AGAIN_MS);
    left = process.getActiveResourcesInfo().filter((name) => name !== IPC_CHANNEL);
  } while (left.length > 0 && performance.now() < endMs);
  return { ...tally.report(), leftOut: pace.leftOut, held, left };
}

function heldByClients() {
  const held = { pendingCalls: 0, queuedBytes: 0, subscribedTopics: 0 };
  for (const { client } of clients) {
    const counters = client.counters();
    for (const name of Object.keys(held)) held[name] += counters[name];
  }
  return held;
}
