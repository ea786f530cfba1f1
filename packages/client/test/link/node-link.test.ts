import { ChannelType, encodeSubscribeAck, parseSubscribe } from '@amop/codec';
import type { PeerIdentity } from '@amop/ports';
import { expect, test } from 'vitest';
import type { ClientEvents } from '../../src/index.ts';
import { rejection, World } from '../support/world.ts';

const {
  handshake: HANDSHAKE,
  heartbeat: HEARTBEAT,
  request: REQUEST,
  response: RESPONSE,
  subscribe: SUBSCRIBE,
} = ChannelType;

function silent(): void {}

test('the handshake asks for the extensions by name, and the link says what it got', async () => {
  const world = new World();
  const [ours, original] = [await world.node('ours'), await world.node('original')];
  const client = await world.client([ours, original], { name: 'desk-1' });
  await world.settle();
  expect(JSON.parse(new TextDecoder().decode(ours.session.last(HANDSHAKE).data))).toEqual({
    minimumSupport: 1,
    maximumSupport: 3,
    clientType: 'amop-ts/desk-1',
    amop: { v: 1, want: ['batch', 'deadline', 'ack', 'errors', 'grant'] },
  });
  expect(client.nodes()).toEqual([
    {
      endpoint: ours.endpoint,
      state: 'ready',
      nodeId: ours.nodeId,
      nodeVersion: '2.9.1',
      extensions: ['batch', 'deadline', 'ack', 'errors', 'grant'],
    },
    {
      endpoint: original.endpoint,
      state: 'ready',
      nodeId: original.nodeId,
      nodeVersion: '2.9.1',
      extensions: [],
    },
  ]);
});

test('subscriptions are there again before the link is used', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.run(Promise.all([client.subscribe('a', silent), client.subscribe('b', silent)]));
  const events: string[] = [];
  client.on('disconnected', () => events.push('disconnected'));
  client.on('reconnecting', () => events.push('reconnecting'));
  client.on('connected', () => events.push('connected'));
  node.scripts.set(SUBSCRIBE, silent);
  world.network.links[0]?.reset();
  await world.pass(200);
  const pending = client.request('t', 'x');
  await world.settle();
  expect(parseSubscribe(node.session.last(SUBSCRIBE).data)).toMatchObject({ add: ['a', 'b'] });
  expect(node.session.of(REQUEST)).toHaveLength(0);
  expect(client.nodes()[0]?.state).toBe('connecting');
  node.scripts.set(REQUEST, (frame, session) => session.send(RESPONSE, frame.seq, frame.data));
  const ack = encodeSubscribeAck({ sequence: 1, refused: [] });
  node.session.send(SUBSCRIBE, node.session.last(SUBSCRIBE).seq, ack);
  expect((await world.run(pending)).text()).toBe('x');
  expect(events).toEqual(['disconnected', 'reconnecting', 'connected']);
});

test('an original node gets the whole list again and must show it', async () => {
  const world = new World();
  const node = await world.node('original');
  const client = await world.client([node]);
  await world.run(Promise.all([client.subscribe('a', silent), client.subscribe('b', silent)]));
  world.network.links[0]?.reset();
  await world.settle();
  node.looksUntilShown = 2;
  await world.pass(100);
  expect(node.session.topics).toEqual(new Set(['a', 'b']));
  await world.pass(200);
  expect(client.nodes()[0]?.state).toBe('ready');
});

test('a subscription refused on replay is told by an event, and the link is used', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.run(Promise.all([client.subscribe('a', silent), client.subscribe('b', silent)]));
  const errors: ClientEvents['error'][] = [];
  client.on('error', (event) => errors.push(event));
  node.refuses.set('a', 'too-many-topics');
  world.network.links[0]?.reset();
  await world.pass(300);
  expect(errors).toEqual([
    {
      error: expect.objectContaining({
        code: 'AMOP_CLIENT_SUBSCRIBE_FAILED',
        details: expect.objectContaining({ topic: 'a', reason: 'too-many-topics' }),
      }),
    },
  ]);
  expect(client.nodes()[0]?.state).toBe('ready');
  // Subscribing it again asks again.
  node.refuses.clear();
  await world.run(client.subscribe('a', silent));
  expect(node.session.topics).toEqual(new Set(['b', 'a']));
});

test('a subscription made during the replay is there when the link is ready', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.run(client.subscribe('a', silent));
  node.scripts.set(SUBSCRIBE, silent);
  world.network.links[0]?.reset();
  await world.pass(200);
  const pending = client.subscribe('b', silent);
  await world.settle();
  node.scripts.clear();
  for (const frame of node.session.of(SUBSCRIBE)) node.usual(frame, node.session);
  await world.run(pending);
  expect(node.session.topics).toEqual(new Set(['a', 'b']));
});

test('waits between attempts grow with full jitter and begin anew after a good connection', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node], { reconnect: { minDelayMs: 100, maxDelayMs: 1_600 } });
  const retries: { attempt: number; delayMs: number }[] = [];
  client.on('reconnecting', ({ attempt, delayMs }) => retries.push({ attempt, delayMs }));
  await world.pass(6_000, 1_000);
  await node.stop();
  world.network.links[0]?.reset();
  await world.pass(20_000, 10);
  expect(retries.length).toBeGreaterThan(8);
  retries.forEach(({ attempt, delayMs }, index) => {
    expect(attempt).toBe(index + 1);
    expect(delayMs).toBeLessThanOrEqual(Math.min(1_600, 100 * 2 ** index));
  });
  expect(new Set(retries.map(({ delayMs }) => delayMs)).size).toBeGreaterThan(5);
  expect(client.nodes()[0]).toMatchObject({
    state: 'waiting',
    error: { code: 'AMOP_CLIENT_NOT_CONNECTED' },
  });
  await node.start();
  await world.pass(10_000, 100);
  retries.length = 0;
  node.session.connection.destroy();
  await world.settle();
  expect(retries[0]?.attempt).toBe(1);
});

test('a node that accepts and ends each connection is not dialled in a tight loop', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node], { reconnect: { minDelayMs: 100, maxDelayMs: 10_000 } });
  node.scripts.set(SUBSCRIBE, (_, session) => session.connection.destroy());
  const pending = rejection(client.subscribe('t', silent, { timeoutMs: 30_000 }));
  await world.pass(31_000, 50);
  expect(await pending).toMatchObject({ code: 'AMOP_CLIENT_NOT_CONNECTED' });
  expect(world.network.links.length).toBeLessThan(25);
});

test('a certificate refused on reconnecting is told and tried again slowly', async () => {
  const world = new World();
  let trusted = true;
  const node = await world.node();
  const identity: Partial<PeerIdentity> = { commonName: 'sdk' };
  const transport = world.network.transport(identity, { trusts: () => trusted });
  const client = await world.client([node], { transport });
  const errors: ClientEvents['error'][] = [];
  client.on('error', (event) => errors.push(event));
  trusted = false;
  world.network.links[0]?.reset();
  await world.pass(25_000, 100);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({
    endpoint: node.endpoint,
    error: {
      code: 'AMOP_CLIENT_CERTIFICATE',
      details: { reason: 'untrusted-node', retryable: false },
    },
  });
  trusted = true;
  await world.pass(40_000, 100);
  expect(client.nodes()[0]?.state).toBe('ready');
});

test('a heartbeat goes out every 10 s, and a silent node is given up after 30 to 40 s', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.pass(100_000, 1_000);
  expect(node.session.of(HEARTBEAT)).toHaveLength(10);
  expect(new TextDecoder().decode(node.session.last(HEARTBEAT).data)).toBe('{"heartBeat":0}');
  const lost: ClientEvents['disconnected'][] = [];
  client.on('disconnected', (event) => lost.push(event));
  const pending = rejection(client.request('t', 'x', { timeoutMs: 60_000 }));
  world.network.links[0]?.stall();
  await world.pass(30_000, 1_000);
  expect(lost).toHaveLength(0);
  await world.pass(10_500, 500);
  expect(lost[0]?.error).toMatchObject({ details: { reason: 'silent' } });
  expect(await world.run(pending, 60_000)).toBeDefined();
  expect(client.nodes()[0]?.state).toBe('ready');
});

test.each([
  ['a length below 42', [0, 0, 0, 41]],
  ['a length above 100 MiB', [0x7f, 0, 0, 0]],
])('bytes that are no frames (%s) end the connection, and another begins', async (_, bytes) => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const lost: ClientEvents['disconnected'][] = [];
  client.on('disconnected', (event) => lost.push(event));
  node.session.connection.write(Uint8Array.from(bytes));
  await world.pass(200);
  expect(lost[0]?.error).toMatchObject({
    code: 'AMOP_CLIENT_PROTOCOL',
    details: { reason: 'bad-frame', retryable: true },
  });
  expect(client.counters()).toMatchObject({ connects: 2, malformedFrames: 1 });
});

test.each([
  ['no JSON', 'hello', 0],
  ['another protocol', '{"nodeVersion":"9","protocol":4}', 0],
  ['a result', '{"nodeVersion":"9","protocol":3}', 105],
])('a handshake that is answered with %s is tried again', async (_, text, result) => {
  const world = new World();
  const node = await world.node();
  node.scripts.set(HANDSHAKE, (frame, session) => {
    session.send(HANDSHAKE, frame.seq, new TextEncoder().encode(text), result);
    node.scripts.clear();
  });
  const client = await world.run(world.connecting([node]), 300);
  expect(client.counters()).toMatchObject({ connectFailures: 1, connects: 1 });
});

test('a handshake that is not answered is given up after 10 s', async () => {
  const world = new World();
  const node = await world.node();
  node.scripts.set(HANDSHAKE, silent);
  const pending = world.connecting([node], { connectTimeoutMs: 15_000 });
  await world.pass(9_900, 100);
  node.scripts.clear();
  const client = await world.run(pending, 1_000);
  expect(client.counters()).toMatchObject({ connectFailures: 1, connects: 1 });
});

test('in protocol 1 the heartbeat is one digit', async () => {
  const world = new World();
  const node = await world.node('original');
  node.scripts.set(HANDSHAKE, (frame, session) =>
    session.send(HANDSHAKE, frame.seq, new TextEncoder().encode('{"protocol":1}\n')),
  );
  await world.client([node]);
  await world.pass(10_000, 1_000);
  expect(new TextDecoder().decode(node.session.last(HEARTBEAT).data)).toBe('0');
});
