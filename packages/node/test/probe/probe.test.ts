import { once } from 'node:events';
import { createServer } from 'node:http';
import { systemClock } from '@amop/ports/system';
import { createTestChain, freePort, type TestCredentials } from '@amop/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type AmopNode,
  createNode,
  type HostPort,
  type NodeConfig,
  probeChannel,
  probePeer,
  transportOf,
} from '../../src/index.ts';

const chain = createTestChain();
const host = '127.0.0.1';
/** Long: what is waited for comes by itself. */
const frameMs = 60_000;

function configOf(credentials: TestCredentials, change: Partial<NodeConfig['p2p']> = {}) {
  return {
    channel: { host, port: 0, credentials, checkIssuer: true },
    p2p: {
      host,
      port: 0,
      credentials,
      peers: [],
      compress: false,
      blacklist: [],
      whitelist: [],
      ...change,
    },
    supportedVersion: '2.9.1',
    chainId: '1',
    groups: [1],
  } satisfies NodeConfig;
}

async function start(config: NodeConfig): Promise<AmopNode> {
  const node = createNode(config);
  onTestFinished(() => node.stop());
  await node.start();
  return node;
}

const own = chain.node('bankA', 'node0');

function probe(
  at: HostPort,
  change: Partial<NodeConfig['p2p']> = {},
  credentials = own,
  ms = frameMs,
) {
  return probePeer({
    at,
    config: configOf(credentials, change),
    nodeId: credentials.nodeId,
    transport: transportOf(credentials, 'p2p'),
    clock: systemClock,
    frameMs: ms,
  });
}

describe('another node', () => {
  test('takes this one', async () => {
    const other = await start(configOf(chain.node('bankB', 'node1')));
    const found = await probe(other.p2pAddress);
    expect(found).toMatchObject({ kind: 'taken', identity: { commonName: 'node1' } });
    expect(other.counters().peerRefusals['no-p2p-frame']).toBe(0);
  });

  test('is this node', async () => {
    const other = await start(configOf(own));
    expect(await probe(other.p2pAddress)).toMatchObject({ kind: 'self' });
  });

  test('is refused here', async () => {
    const credentials = chain.node('bankB');
    const other = await start(configOf(credentials));
    const at = other.p2pAddress;
    expect(await probe(at, { blacklist: [credentials.nodeId] })).toMatchObject({
      kind: 'refused',
      reason: 'node-blacklisted',
    });
    expect(await probe(at, { whitelist: ['ab'.repeat(64)] })).toMatchObject({
      kind: 'refused',
      reason: 'node-not-whitelisted',
    });
  });

  test('refuses this one: by its list, by its authority', async () => {
    const list = await start(configOf(chain.node('bankB'), { blacklist: [own.nodeId] }));
    expect(await probe(list.p2pAddress)).toMatchObject({ kind: 'refused', reason: 'no-p2p-frame' });
    const stranger = createTestChain().node('bankA');
    expect(await probe(list.p2pAddress, {}, stranger)).toMatchObject({
      kind: 'refused',
      reason: 'other-authority',
    });
  });

  test('is a channel port', async () => {
    const other = await start(configOf(chain.node('bankA', 'node1')));
    // It would be silent for as long as it is waited for.
    expect(await probe(other.channelAddress, {}, own, 500)).toMatchObject({ kind: 'channel-port' });
  });

  test('is an HTTP server, or nobody', async () => {
    const server = createServer().listen(0, host);
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await probe({ host, port })).toMatchObject({ kind: 'refused', reason: 'not-tls' });
    const free = { host, port: await freePort() };
    expect(await probe(free)).toMatchObject({ kind: 'refused', reason: 'nobody-listens' });
  });
});

describe('a channel port', () => {
  function probeAs(credentials: TestCredentials, at: HostPort) {
    const transport = transportOf(credentials, 'channel');
    return probeChannel({ at, transport, clock: systemClock, frameMs });
  }

  test('takes an application of its agency, hangs up on one of another', async () => {
    const { channelAddress, p2pAddress } = await start(configOf(chain.node('bankA')));
    const application = chain.sdk('bankA');
    expect(await probeAs(application, channelAddress)).toMatchObject({ kind: 'taken' });
    expect(await probeAs(chain.sdk('bankB'), channelAddress)).toMatchObject({ kind: 'hung-up' });
    expect(await probeAs(application, p2pAddress)).toMatchObject({ kind: 'hung-up' });
  });

  test('is of another chain', async () => {
    const { channelAddress } = await start(configOf(chain.node('bankA')));
    const stranger = createTestChain().sdk('bankA');
    expect(await probeAs(stranger, channelAddress)).toMatchObject({
      kind: 'refused',
      reason: 'other-authority',
    });
  });
});
