import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChannelType } from '@amop/codec';
import type { Transport } from '@amop/ports';
import { createTlsTransport, systemScheduler } from '@amop/ports/system';
import { createTestChain, type TestChain } from '@amop/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AmopClient, type ConnectOptions, connect } from '../src/index.ts';
import { ScriptedNode } from './support/scripted-node.ts';
import { rejection, World } from './support/world.ts';

describe('over memory', () => {
  test('it resolves with the first node, the others follow', async () => {
    const world = new World();
    const [a, b] = [await world.node(), await world.node()];
    await a.stop();
    const client = await world.run(world.connecting([a, b]));
    expect(client.nodes().map(({ state }) => state)).toEqual(['waiting', 'ready']);
    await a.start();
    await world.pass(1_000);
    expect(client.nodes().map(({ state }) => state)).toEqual(['ready', 'ready']);
  });

  test('transport faults are tried again until the time is up, which says what they were', async () => {
    const world = new World();
    const node = await world.node();
    await node.stop();
    const late = world.connecting([node], { connectTimeoutMs: 3_000 });
    await world.pass(2_000);
    await node.start();
    await world.run(late, 1_000);

    await node.stop();
    const never = world.connecting([node], { connectTimeoutMs: 3_000 });
    expect(await rejection(world.run(never, 3_100))).toMatchObject({
      code: 'AMOP_CLIENT_NOT_CONNECTED',
      message: expect.stringContaining(`${node.endpoint.split(':')[1]}: refused`),
      details: { reason: 'connect-timeout', retryable: true },
      cause: { code: 'AMOP_CLIENT_NOT_CONNECTED', cause: { code: 'AMOP_PORTS_DIAL_FAILED' } },
    });
  });

  test('nothing is left when it rejects', async () => {
    const world = new World();
    const node = await world.node();
    await node.stop();
    await rejection(world.run(world.connecting([node], { connectTimeoutMs: 500 }), 600));
    expect(world.clock.timers).toBe(0);
    expect(world.scheduler.waiting).toBe(0);
  });

  test('a refused certificate ends it at once', async () => {
    const world = new World();
    const node = await world.node();
    const transport = world.network.transport({}, { trusts: () => false });
    const pending = world.connecting([node], { transport });
    expect(await rejection(world.run(pending))).toMatchObject({
      code: 'AMOP_CLIENT_CERTIFICATE',
      details: { reason: 'untrusted-node', node: node.endpoint, retryable: false },
      cause: { code: 'AMOP_PORTS_TLS_UNTRUSTED_PEER' },
    });
    expect(world.clock.timers).toBe(0);
  });

  test('a certificate refused on one node does not stop the others', async () => {
    const world = new World();
    const [a, b] = [await world.node(), await world.node()];
    const trusts = ({ nodeId }: { nodeId: string | undefined }): boolean => nodeId === b.nodeId;
    const transport = world.network.transport({}, { trusts });
    const client = await world.run(world.connecting([a, b], { transport }));
    expect(client.nodes()).toMatchObject([
      { state: 'waiting', error: { code: 'AMOP_CLIENT_CERTIFICATE' } },
      { state: 'ready' },
    ]);
    await world.run(client.close());

    await b.stop();
    const pending = world.connecting([a, b], { transport, connectTimeoutMs: 2_000 });
    expect(await rejection(world.run(pending, 2_100))).toMatchObject({
      code: 'AMOP_CLIENT_CERTIFICATE',
    });
  });

  test('a signal ends it', async () => {
    const world = new World();
    const node = await world.node();
    await node.stop();
    const controller = new AbortController();
    const { signal } = controller;
    const pending = world.connecting([node], { signal });
    await world.pass(200);
    controller.abort(new Error('enough'));
    expect(await rejection(world.run(pending))).toMatchObject({
      code: 'AMOP_CLIENT_ABORTED',
      cause: { message: 'enough' },
    });
    expect(await rejection(world.run(world.connecting([node], { signal })))).toMatchObject({
      code: 'AMOP_CLIENT_ABORTED',
    });
    expect(world.clock.timers).toBe(0);
  });

  test('a signal does nothing to a client that is connected', async () => {
    const world = new World();
    const node = await world.node();
    const controller = new AbortController();
    const client = await world.client([node], { signal: controller.signal });
    controller.abort();
    await world.settle();
    expect(client.nodes()[0]?.state).toBe('ready');
  });
});

describe.each(['p256', 'secp256k1'] as const)('over TLS with %s', (profile) => {
  let chain: TestChain;
  let directory = '';
  const open: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    chain = createTestChain({ profile });
    directory = await mkdtemp(join(tmpdir(), 'amop-client-'));
    await writeSdk(chain, 'bankA');
  });

  afterEach(async () => {
    for (const close of open.splice(0)) await close();
    await rm(directory, { recursive: true });
  });

  async function writeSdk(of: TestChain, agency: string): Promise<void> {
    const { ca, certificate, key } = of.sdk(agency);
    await writeFile(join(directory, 'ca.crt'), ca);
    await writeFile(join(directory, 'sdk.crt'), certificate);
    await writeFile(join(directory, 'sdk.key'), key);
  }

  async function startNode(): Promise<ScriptedNode> {
    const credentials = chain.node('bankA');
    const transport: Transport = createTlsTransport(credentials);
    const node = new ScriptedNode({
      kind: 'ours',
      nodeId: credentials.nodeId,
      port: 0,
      scheduler: systemScheduler,
      transport,
    });
    await node.start();
    open.push(async () => {
      for (const { connection } of [...node.sessions]) connection.destroy();
      await node.stop();
    });
    return node;
  }

  async function connectTo(
    node: ScriptedNode,
    options: Partial<ConnectOptions> = {},
  ): Promise<AmopClient> {
    const client = await connect({ nodes: node.endpoint, tls: { directory }, ...options });
    open.push(() => client.close());
    return client;
  }

  test('an sdk folder is all it needs', async () => {
    const node = await startNode();
    const [alice, bob] = [await connectTo(node), await connectTo(node, { name: 'bob' })];
    expect(alice.nodes()).toMatchObject([{ state: 'ready', nodeId: node.nodeId }]);
    await bob.subscribe('t', (message) => `re ${message.text()}`);
    expect((await alice.request('t', 'x')).text()).toBe('re x');
    const large = new Uint8Array(1_048_576).map((_, index) => index * 7);
    await bob.subscribe('echo', (message) => message.body);
    expect(Buffer.compare((await alice.request('echo', large)).body, large)).toBe(0);
  });

  test('a certificate of another chain is refused by the node, at once and by name', async () => {
    const node = await startNode();
    const { certificate, key } = createTestChain({ profile }).sdk('bankA');
    const tls = { ca: chain.ca, certificate, key };
    const connecting = connectTo(node, { tls, connectTimeoutMs: 60_000 });
    expect(await rejection(connecting)).toMatchObject({
      code: 'AMOP_CLIENT_CERTIFICATE',
      details: { reason: 'refused-by-node', node: node.endpoint },
      cause: { code: 'AMOP_PORTS_TLS_REFUSED_BY_PEER' },
    });
  });

  test('a node that hangs up on another agency is understood, once it does so twice', async () => {
    const node = await startNode();
    const counts: number[] = [];
    node.scripts.set(ChannelType.handshake, (frame, session) => {
      counts.push(node.sessions.length);
      if (session.connection.identity.issuerCommonName === 'bankA') node.usual(frame, session);
      else session.connection.close();
    });
    await writeSdk(chain, 'bankB');
    expect(await rejection(connectTo(node, { connectTimeoutMs: 60_000 }))).toMatchObject({
      code: 'AMOP_CLIENT_CERTIFICATE',
      message: expect.stringContaining('"bankB"'),
      details: { reason: 'refused-by-node', node: node.endpoint },
    });
    expect(counts).toHaveLength(2);
    await writeSdk(chain, 'bankA');
    await connectTo(node);
  });

  test('a node that hangs up on its own agency is tried again', async () => {
    const node = await startNode();
    let count = 0;
    node.scripts.set(ChannelType.handshake, (frame, session) => {
      if (++count > 3) node.usual(frame, session);
      else session.connection.close();
    });
    await connectTo(node);
    expect(count).toBe(4);
  });

  test('a wrong ca.crt is told at once and by name', async () => {
    const node = await startNode();
    await writeFile(join(directory, 'ca.crt'), createTestChain({ profile }).ca);
    expect(await rejection(connectTo(node, { connectTimeoutMs: 60_000 }))).toMatchObject({
      code: 'AMOP_CLIENT_CERTIFICATE',
      message: expect.stringContaining('ca.crt'),
      details: { reason: 'untrusted-node', node: node.endpoint },
      cause: { code: 'AMOP_PORTS_TLS_UNTRUSTED_PEER' },
    });
  });

  test('a key that does not fit its certificate is told before anything is dialled', async () => {
    const other = chain.sdk('bankA');
    await writeFile(join(directory, 'sdk.key'), other.key);
    const connecting = connect({ nodes: '127.0.0.1:1', tls: { directory } });
    expect(await rejection(connecting)).toMatchObject({
      code: 'AMOP_CLIENT_CERTIFICATE',
      details: { reason: 'bad-credentials' },
      cause: { code: 'AMOP_PORTS_CREDENTIALS' },
    });
  });

  test('a missing file is told before anything is dialled', async () => {
    await rm(join(directory, 'sdk.key'));
    const connecting = connect({ nodes: '127.0.0.1:1', tls: { directory } });
    expect(await rejection(connecting)).toMatchObject({
      code: 'AMOP_CLIENT_FILE',
      details: { file: join(directory, 'sdk.key') },
    });
  });

  test('a port where something else answers is no node', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
      socket.end('SSH-2.0-OpenSSH_9.0\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(() => new Promise((resolve) => server.close(resolve)));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const nodes = `127.0.0.1:${port}`;
    const error = await rejection(connect({ nodes, tls: { directory }, connectTimeoutMs: 300 }));
    expect(error).toMatchObject({ code: 'AMOP_CLIENT_NOT_CONNECTED' });
  });

  test('a connection that breaks is made again, subscriptions included', async () => {
    const node = await startNode();
    const [alice, bob] = [await connectTo(node), await connectTo(node)];
    await bob.subscribe('t', () => 'ok');
    for (const { connection } of [...node.sessions]) connection.destroy();
    const again = Promise.all(
      [alice, bob].map(
        (client) => new Promise<void>((resolve) => client.on('connected', () => resolve())),
      ),
    );
    await again;
    expect((await alice.request('t', 'x')).text()).toBe('ok');
  });
});
