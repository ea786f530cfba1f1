import {
  boundRouteVersion,
  ChannelType,
  encodeSubscribeAck,
  parseSubscribe,
  payloadTopic,
} from '@amop/codec';
import { formatPublicKeyHex, formatPublicKeyPem, generateKeyPair } from '@amop/crypto';
import { expect, test } from 'vitest';
import type { PrivateSubscribeOptions } from '../../../src/index.ts';
import { RawPublisher, routesOn } from '../../support/raw-publisher.ts';
import { rejection, World } from '../../support/world.ts';

const { subscribe: SUBSCRIBE } = ChannelType;
const PAYLOAD = payloadTopic('orders');
const { privateKey, publicKey } = generateKeyPair('secp256k1');
const KEYS = { privateKey };
const ANSWER = (): string => 'ok';

function silent(): void {}

test.each(['ours', 'original'] as const)(
  'it resolves once the node has payload topic and a bound route (%s)',
  async (kind) => {
    const world = new World();
    const node = await world.node(kind);
    const client = await world.client([node]);
    const subscription = await world.run(client.subscribePrivate('orders', KEYS, ANSWER), 1_000);
    const { topics } = node.session;
    expect(topics.has(PAYLOAD)).toBe(true);
    const [route] = routesOn(node.session, PAYLOAD);
    expect(topics.size).toBe(2);
    expect(route && boundRouteVersion(route.id)).toBe(1);
    expect(subscription).toMatchObject({
      topic: 'orders',
      publicKey: formatPublicKeyHex(publicKey),
    });
    expect(client.counters()).toMatchObject({ subscribedTopics: 1 });
  },
);

test('a node that has applied one of the two only is waited for', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(SUBSCRIBE, (frame, session) => {
    const change = parseSubscribe(frame.data);
    const added = change?.kind === 'delta' ? change.add : [];
    const refused = added.filter((topic) => topic !== PAYLOAD);
    const data = encodeSubscribeAck({
      sequence: 1,
      refused: refused.map((topic) => ({ topic, reason: 'not-permitted' })),
    });
    session.send(SUBSCRIBE, frame.seq, data);
  });
  expect(await rejection(world.run(client.subscribePrivate('orders', KEYS, ANSWER)))).toMatchObject(
    {
      code: 'AMOP_CLIENT_SUBSCRIBE_FAILED',
      details: { topic: 'orders', reason: 'not-permitted', node: node.nodeId },
    },
  );
  node.scripts.set(SUBSCRIBE, silent);
  const late = client.subscribePrivate('other', KEYS, ANSWER, { timeoutMs: 100 });
  expect(await rejection(world.run(late, 200))).toMatchObject({
    code: 'AMOP_CLIENT_TIMEOUT',
    details: { topic: 'other', reason: 'not-confirmed' },
  });
});

test.each(['ours', 'original'] as const)(
  'every connection has a route of its own, a new one each time (%s)',
  async (kind) => {
    const world = new World();
    const [a, b] = [await world.node(kind), await world.node(kind)];
    const client = await world.client([a, b]);
    await world.pass(1_000);
    await world.run(client.subscribePrivate('orders', KEYS, ANSWER), 1_000);
    const publisher = new RawPublisher(world, 'orders');
    const [onA, onB] = [publisher.route(a).name, publisher.route(b).name];
    expect(onA).not.toBe(onB);
    const [before] = a.sessions;
    a.session.connection.destroy();
    await world.pass(1_000);
    expect(a.session).not.toBe(before);
    expect(a.session.topics.has(PAYLOAD)).toBe(true);
    expect(publisher.route(a).name).not.toBe(onA);
    expect(publisher.route(b).name).toBe(onB);
    expect(client.counters()).toMatchObject({ connectedNodes: 2 });
  },
);

test.each(['ours', 'original'] as const)(
  'unsubscribing takes both away, and another subscription gets another route (%s)',
  async (kind) => {
    const world = new World();
    const node = await world.node(kind);
    const client = await world.client([node]);
    const subscription = await world.run(client.subscribePrivate('orders', KEYS, ANSWER), 1_000);
    const publisher = new RawPublisher(world, 'orders');
    const first = publisher.route(node).name;
    await world.run(subscription.unsubscribe(), 1_000);
    expect(node.session.topics).toEqual(new Set());
    expect(await publisher.ask(node, first, new Uint8Array([1, 2, 3]))).toMatchObject({
      result: 104,
    });
    const again = await world.run(client.subscribePrivate('orders', KEYS, ANSWER), 1_000);
    expect(publisher.route(node).name).not.toBe(first);
    // In one turn: the node must end with one route, the new one.
    const ended = again.unsubscribe();
    const pending = client.subscribePrivate('orders', KEYS, ANSWER);
    await world.run(Promise.all([ended.catch(() => {}), pending]), 1_000);
    expect(node.session.topics.size).toBe(2);
    await publisher.prove(node);
  },
);

test('a refusal on reconnecting is told by the name that the application knows', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.run(client.subscribePrivate('orders', KEYS, ANSWER));
  const errors: unknown[] = [];
  client.on('error', ({ error }) => errors.push(error));
  node.refuses.set(PAYLOAD, 'not-permitted');
  node.session.connection.destroy();
  await world.pass(1_000);
  expect(errors).toMatchObject([
    { code: 'AMOP_CLIENT_SUBSCRIBE_FAILED', details: { topic: 'orders' } },
  ]);
});

test('subscribers of one topic share its route, and the last one ends it', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const first = await world.run(client.subscribePrivate('orders', KEYS, () => 'first'));
  const second = await world.run(client.subscribePrivate('orders', KEYS, () => 'second'));
  const publisher = new RawPublisher(world, 'orders');
  const route = publisher.route(node);
  await world.run(first.unsubscribe());
  expect(publisher.route(node)).toEqual(route);
  await world.run(second.unsubscribe());
  expect(node.session.topics.size).toBe(0);
});

test('the same topic with another key, or other publishers, is refused', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const [one, two] = [generateKeyPair('secp256k1'), generateKeyPair('secp256k1')];
  const publishers = [one.publicKey, two.publicKey];
  const held = await world.run(client.subscribePrivate('orders', { privateKey, publishers }));
  const others: readonly [PrivateSubscribeOptions, string][] = [
    [{ privateKey: one.privateKey, publishers }, 'privateKey'],
    [{ privateKey }, 'publishers'],
    [{ privateKey, publishers: [one.publicKey] }, 'publishers'],
  ];
  for (const [keys, option] of others) {
    expect(await rejection(client.subscribePrivate('orders', keys))).toMatchObject({
      code: 'AMOP_CLIENT_OPTIONS',
      details: { option, topic: 'orders', reason: 'other-keys' },
    });
  }
  const same = {
    privateKey,
    publishers: [formatPublicKeyHex(two.publicKey), formatPublicKeyPem(one.publicKey)],
  };
  const other = await world.run(client.subscribePrivate('orders', same));
  await world.run(Promise.all([held.unsubscribe(), other.unsubscribe()]));
  await world.run(client.subscribePrivate('orders', { privateKey: one.privateKey }));
});

test('what has ended before it began leaves nothing behind', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const signal = AbortSignal.abort();
  const ended = client.subscribePrivate('orders', KEYS, ANSWER, { signal });
  expect(await rejection(ended)).toMatchObject({
    code: 'AMOP_CLIENT_ABORTED',
    details: { topic: 'orders' },
  });
  const { privateKey: other } = generateKeyPair('secp256k1');
  await world.run(client.subscribePrivate('orders', { privateKey: other }, ANSWER));
  expect(client.counters()).toMatchObject({ subscribedTopics: 1 });
});

test('names have 1 to 185 bytes, above 168 with a warning', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const warnings = (): readonly unknown[] =>
    world.logger.entries.filter(({ level, message }) => level === 'warn' && /go pub/.test(message));
  await world.run(client.subscribePrivate('n'.repeat(168), KEYS, ANSWER));
  expect(warnings()).toHaveLength(0);
  await world.run(client.subscribePrivate('n'.repeat(169), KEYS, ANSWER));
  expect(warnings()).toHaveLength(1);
  await world.run(client.subscribePrivate('n'.repeat(185), KEYS, ANSWER));
  expect(warnings()).toHaveLength(2);
  const before = node.session.received.length;
  const { code, message } = (await rejection(
    client.subscribePrivate('n'.repeat(186), KEYS, ANSWER),
  )) as { code: string; message: string }; // rejection gives back unknown
  expect([code, message]).toEqual(['AMOP_CLIENT_TOPIC', expect.stringContaining('185')]);
  for (const name of ['', '#!$TopicNeedVerify_x', '#!$PushChannel_x', 'a\u0000b']) {
    expect(await rejection(client.subscribePrivate(name, KEYS, ANSWER))).toMatchObject({
      code: 'AMOP_CLIENT_TOPIC',
    });
  }
  await world.settle();
  expect(node.session.received).toHaveLength(before);
});

test('plain calls still refuse the names that stand for private topics', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  for (const call of [client.subscribe(PAYLOAD, ANSWER), client.request(PAYLOAD, 'x')]) {
    expect(await rejection(call)).toMatchObject({
      code: 'AMOP_CLIENT_TOPIC',
      details: { reason: 'reserved-prefix' },
    });
  }
});

const p256 = generateKeyPair('p256');

test.each([
  ['privateKey', {}],
  ['privateKey', { privateKey: 'pem' }],
  ['privateKey', { privateKey: publicKey }],
  ['privateKey', { privateKey: p256.privateKey }],
  ['privateKey', { privateKey: { publicKey: 'hex', sign: ANSWER } }],
  ['privateKey', { privateKey: { publicKey: p256.publicKey, sign: ANSWER } }],
  ['publishers', { privateKey, publishers: [] }],
  ['publishers', { privateKey, publishers: publicKey }],
  ['publishers', { privateKey, publishers: ['12'] }],
  ['publishers', { privateKey, publishers: [privateKey] }],
  ['publishers', { privateKey, publishers: [p256.publicKey] }],
  ['publisher', { privateKey, publisher: publicKey }],
  ['options', 'key'],
])('wrong keys are refused and named: %s', async (option, keys) => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  // What JavaScript callers may give.
  const pending = client.subscribePrivate('orders', keys as PrivateSubscribeOptions, ANSWER);
  expect(await rejection(pending)).toMatchObject({
    code: 'AMOP_CLIENT_OPTIONS',
    details: { option },
  });
});

test.each(['ours', 'original'] as const)(
  'a node whose certificate shows no ID is asked for it (%s)',
  async (kind) => {
    const world = new World();
    const node = await world.node(kind, undefined, 'hidden');
    const client = await world.client([node]);
    await world.run(client.subscribePrivate('orders', KEYS, ANSWER), 1_000);
    const publisher = new RawPublisher(world, 'orders');
    await publisher.prove(node);
  },
);

test('where nothing tells the ID no bound proof is given', async () => {
  const world = new World();
  const node = await world.node('ours', undefined, 'hidden');
  node.scripts.set(ChannelType.rpc, silent);
  const client = await world.run(world.connecting([node]), 6_000);
  await world.run(client.subscribePrivate('orders', KEYS, ANSWER));
  const publisher = new RawPublisher(world, 'orders');
  expect(await publisher.tryToProve(node)).toEqual({ kind: 'refused', reason: 'other-node' });
});
