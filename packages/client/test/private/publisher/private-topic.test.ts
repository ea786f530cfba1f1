import { ChannelType } from '@amop/codec';
import { formatPublicKeyPem, generateKeyPair, signDigest } from '@amop/crypto';
import { expect, test } from 'vitest';
import type { ClientError } from '../../../src/errors.ts';
import type { PrivateTopicOptions } from '../../../src/index.ts';
import { PrivateScene } from '../../support/private-scene.ts';
import { rejection } from '../../support/world.ts';

const KEY = generateKeyPair('secp256k1');
const OTHER = generateKeyPair('secp256k1');
const P256 = generateKeyPair('p256');

test.each([
  ['a'.repeat(186), 'too-long'],
  ['', 'empty'],
  ['#!$TopicNeedVerify_x', 'reserved-prefix'],
])('the name %j is refused', async (name, reason) => {
  const scene = new PrivateScene();
  const client = await scene.connect();
  const open = (): unknown =>
    client.privateTopic(name, { privateKey: KEY.privateKey, publicKeys: [] });
  expect(open).toThrowError(
    expect.objectContaining({
      code: 'AMOP_CLIENT_TOPIC',
      details: expect.objectContaining({ reason }),
    }),
  );
});

test.each<[string, unknown, string]>([
  ['no object', undefined, 'options'],
  ['another option', { privateKey: KEY.privateKey, publicKeys: [], publickeys: [] }, 'publickeys'],
  ['another proof', { privateKey: KEY.privateKey, publicKeys: [], proof: 'none' }, 'proof'],
  ['no list', { privateKey: KEY.privateKey, publicKeys: 'ab' }, 'publicKeys'],
  ['no key', { privateKey: KEY.privateKey, publicKeys: ['ab'] }, 'publicKeys'],
  ['a key elsewhere', { privateKey: KEY.privateKey, publicKeys: [P256.publicKey] }, 'publicKeys'],
  ['a number', { privateKey: KEY.privateKey, publicKeys: [1] }, 'publicKeys'],
  ['no private key', { publicKeys: [] }, 'privateKey'],
  ['a private key elsewhere', { privateKey: P256.privateKey, publicKeys: [] }, 'privateKey'],
  ['no signer', { privateKey: { publicKey: KEY.publicKey }, publicKeys: [] }, 'privateKey'],
])('%s is refused', async (_, options, option) => {
  const scene = new PrivateScene();
  const client = await scene.connect();
  // Options from JavaScript, where nothing checks them before.
  expect(() => client.privateTopic('orders', options as PrivateTopicOptions)).toThrowError(
    expect.objectContaining({
      code: 'AMOP_CLIENT_OPTIONS',
      details: expect.objectContaining({ option }),
    }),
  );
});

test('keys come as PEM, hex and objects; a signer may take its time', async () => {
  const scene = new PrivateScene();
  const client = await scene.connect();
  const subscriber = scene.subscriber();
  const { publicKey } = KEY;
  const topic = client.privateTopic('orders', {
    privateKey: {
      publicKey,
      sign: async (digest) => signDigest(digest, KEY.privateKey),
    },
    publicKeys: [
      formatPublicKeyPem(OTHER.publicKey),
      `0x04${subscriber.key.toUpperCase()}`,
      publicKey,
    ],
  });
  await scene.world.pass(100);
  await scene.prove(subscriber);
  await scene.world.run(topic.waitForSubscribers(), 100);
  expect(topic.subscribers()).toHaveLength(1);
});

test('a signer that fails proves nothing, and is asked again', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  let isAway = true;
  const topic = await scene.open([subscriber], {
    privateKey: {
      publicKey: KEY.publicKey,
      sign: (digest) => {
        if (isAway) throw new Error('the device is away');
        return signDigest(digest, KEY.privateKey);
      },
    },
  });
  await scene.prove(subscriber);
  expect(scene.proofs).toMatchObject([{ outcome: 'failed', reason: 'signer-failed' }]);
  isAway = false;
  await scene.world.pass(11_000, 1_000);
  expect(topic.subscribers()).toHaveLength(1);
});

test('a signer that gives another length is told of by an event', async () => {
  const scene = new PrivateScene();
  const client = await scene.connect();
  const errors: ClientError[] = [];
  client.on('error', ({ error }) => errors.push(error));
  const subscriber = scene.subscriber();
  await scene.open([subscriber], {
    privateKey: { publicKey: KEY.publicKey, sign: () => new Uint8Array(71) },
  });
  await scene.prove(subscriber);
  expect(errors).toMatchObject([
    {
      code: 'AMOP_CLIENT_SIGNER_FAILED',
      message: expect.stringContaining('gave 71 bytes, 65 are needed'),
      details: { topic: 'orders', hop: 'client' },
    },
  ]);
});

test('a topic is open once in a client; closed, it may be opened again', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  const options = { privateKey: KEY.privateKey, publicKeys: [] };
  expect(() => scene.client.privateTopic('orders', options)).toThrowError(
    expect.objectContaining({ details: expect.objectContaining({ reason: 'already-open' }) }),
  );
  await scene.world.run(topic.close());
  await topic.close();
  const closed = { code: 'AMOP_CLIENT_CLOSED', details: { reason: 'topic-closed' } };
  expect(await rejection(topic.request('x'))).toMatchObject(closed);
  expect(await rejection(topic.publish('x'))).toMatchObject(closed);
  expect(await rejection(topic.waitForSubscribers())).toMatchObject(closed);
  expect(await rejection(topic.revoke(subscriber.key))).toMatchObject(closed);
  expect(() => topic.allow(subscriber.key)).toThrowError('was closed');
  expect(topic.subscribers()).toEqual([]);
  const again = scene.client.privateTopic('orders', options);
  again.allow(subscriber.key);
  await scene.world.settle();
  await scene.prove(subscriber);
  expect(again.subscribers()).toHaveLength(1);
});

test('waiting for subscribers ends with enough of them, in time or by a signal', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const [first, second] = [scene.subscriber(), scene.subscriber()];
  const topic = await scene.open([first, second]);
  const one = topic.waitForSubscribers();
  const both = topic.waitForSubscribers({ count: 2 });
  const three = topic.waitForSubscribers({ count: 3, timeoutMs: 400 });
  const controller = new AbortController();
  const ended = topic.waitForSubscribers({ signal: controller.signal, count: 9 });
  await scene.prove(first);
  expect(await scene.world.run(one)).toMatchObject([{ key: first.key }]);
  await scene.prove(second);
  expect(await scene.world.run(both)).toHaveLength(2);
  controller.abort();
  expect(await rejection(ended)).toMatchObject({ code: 'AMOP_CLIENT_ABORTED' });
  expect(await rejection(scene.world.run(three, 500))).toMatchObject({
    code: 'AMOP_CLIENT_TIMEOUT',
    details: { reason: 'no-proven-subscriber' },
  });
  expect(await rejection(topic.waitForSubscribers({ count: 0 }))).toMatchObject({
    code: 'AMOP_CLIENT_OPTIONS',
  });
});

test('closing the client ends everything', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  await scene.prove(subscriber);
  scene.node.scripts.set(ChannelType.request, () => {});
  const endings = Promise.all(
    [topic.request('x'), topic.publish('x'), topic.waitForSubscribers({ count: 2 })].map(rejection),
  );
  await scene.world.settle();
  await scene.world.run(scene.client.close(), 1_500);
  for (const error of (await endings) as unknown[]) {
    expect(error).toMatchObject({ code: 'AMOP_CLIENT_CLOSED' });
  }
  expect(await rejection(topic.request('x'))).toMatchObject({ code: 'AMOP_CLIENT_CLOSED' });
  expect(scene.world.clock.timers).toBe(0);
});

test('a request on the marker is handed back', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  await scene.open([]);
  scene.node.session.push(ChannelType.request, `#!$PushChannel_${scene.payload}`, 'x');
  await scene.world.settle();
  expect(scene.node.session.last(ChannelType.response).result).toBe(104);
});

test('a request that is answered while the client closes still ends well', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  await scene.prove(subscriber);
  const usual = scene.node.scripts.get(ChannelType.request);
  const held: (() => void)[] = [];
  scene.node.scripts.set(ChannelType.request, (frame, session) => {
    held.push(() => usual?.(frame, session));
  });
  const pending = topic.request('x');
  await scene.world.settle();
  const closing = scene.client.close();
  for (const go of held) go();
  expect((await scene.world.run(pending)).text()).toBe('fine');
  await scene.world.run(closing, 1_500);
});

test('a node that asks before the connection is ready has its answer, and gets requests', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  const usual = scene.node.scripts.get(ChannelType.subscribe);
  scene.node.scripts.set(ChannelType.subscribe, () => {});
  scene.node.session.connection.destroy();
  await scene.world.pass(1_000);
  expect(scene.client.nodes()).toMatchObject([{ state: 'connecting' }]);
  await scene.ask(subscriber);
  await scene.world.run(topic.waitForSubscribers());
  expect((await scene.world.run(topic.request('x'))).text()).toBe('fine');
  if (usual !== undefined) scene.node.scripts.set(ChannelType.subscribe, usual);
});
