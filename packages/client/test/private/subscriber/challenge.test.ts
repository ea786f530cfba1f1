import { BoundRefusal, ChannelType, encodeAmopBody } from '@amop/codec';
import { generateKeyPair, keccak256, verify } from '@amop/crypto';
import { expect, test } from 'vitest';
import { signerOf, type TopicSigner } from '../../../src/bound/topic-signer.ts';
import type { ClientError, PrivateSubscribeOptions } from '../../../src/index.ts';
import { RawPublisher } from '../../support/raw-publisher.ts';
import type { ScriptedNode } from '../../support/scripted-node.ts';
import { World } from '../../support/world.ts';

const { request: REQUEST, response: RESPONSE } = ChannelType;
const { privateKey, publicKey } = generateKeyPair('secp256k1');
const encoder = new TextEncoder();

/** A challenge as Java makes it; another one for each number. */
function challenge(number = 0): Uint8Array {
  return encoder.encode(number.toString(16).padStart(32, '0'));
}

async function subscribed(
  keys: PrivateSubscribeOptions = { privateKey },
  kind: 'ours' | 'original' = 'ours',
) {
  const world = new World();
  const node = await world.node(kind);
  const client = await world.client([node]);
  await world.run(
    client.subscribePrivate('orders', keys, () => 'ok'),
    1_000,
  );
  const publisher = new RawPublisher(world, 'orders');
  const ask = (content: Uint8Array, topic = publisher.route(node).name) =>
    publisher.ask(node, topic, content);
  return { world, node, client, publisher, ask };
}

/** Whether anything that left the client is a signature over `content`. */
function isSigned(node: ScriptedNode, content: Uint8Array): boolean {
  return node.session
    .of(RESPONSE)
    .some(({ data }) =>
      Array.from(data, (_, at) => data.subarray(at, at + 65)).some((part) =>
        verify(part, content, publicKey),
      ),
    );
}

test.each([
  ['32 hex digits (Java)', challenge(7)],
  ['17 bytes (Go)', new Uint8Array(17).fill(0xfe)],
  ['one byte (Go)', Uint8Array.of(1)],
])('a challenge of an original publisher is signed: %s', async (_, content) => {
  for (const kind of ['ours', 'original'] as const) {
    const { node, client, publisher, ask } = await subscribed({ privateKey }, kind);
    const answer = await ask(content);
    expect(answer).toMatchObject({ result: 0, topic: publisher.route(node).name });
    expect(verify(answer.content, content, publicKey)).toBe(true);
    expect(client.counters()).toMatchObject({ challengesSigned: 1, proofsRefused: 0 });
  }
});

test.each([
  ['nothing', new Uint8Array()],
  ['a digest, such as that of a transaction', keccak256(encoder.encode('a transaction'))],
  ['32 letters that are no hex', encoder.encode('g'.repeat(32))],
  ['32 upper-case digits', encoder.encode('A'.repeat(32))],
  ['18 bytes', new Uint8Array(18).fill(1)],
  ['31 digits', challenge().subarray(1)],
  ['33 digits', encoder.encode('0'.repeat(33))],
  ['a long text', encoder.encode('pay 1000 to mallory '.repeat(100))],
  ['a frame of ours that is no offer', Uint8Array.of(0xa5, 0x50, 0x54, 1, 2, 7)],
  ['the head of an unknown frame', Uint8Array.of(0xa5, 0x50, 0x54, 1, 9, ...new Uint8Array(40))],
])('nothing else is signed: %s', async (_, content) => {
  const { node, client, ask } = await subscribed();
  expect(await ask(content)).toMatchObject({ result: 104 });
  expect(isSigned(node, content)).toBe(false);
  expect(client.counters()).toMatchObject({ challengesSigned: 0, proofsRefused: 1 });
});

test('a value is signed once', async () => {
  const { client, ask } = await subscribed();
  expect(await ask(challenge())).toMatchObject({ result: 0 });
  expect(await ask(challenge())).toMatchObject({ result: 104 });
  expect(await ask(challenge(1))).toMatchObject({ result: 0 });
  expect(client.counters()).toMatchObject({ challengesSigned: 2, proofsRefused: 1 });
});

test('a value is signed once with a key, and ten a second: on whatever route, topic and connection', async () => {
  const { world, node, client, ask } = await subscribed();
  await world.run(client.subscribePrivate('orders2', { privateKey }, () => 'ok'));
  const other = new RawPublisher(world, 'orders2');
  const askOther = (content: Uint8Array) => other.ask(node, other.route(node).name, content);
  expect(await ask(challenge())).toMatchObject({ result: 0 });
  expect(await askOther(challenge())).toMatchObject({ result: 104 });
  for (let number = 1; number < 10; number++) {
    const answer = await (number % 2 === 0 ? ask : askOther)(challenge(number));
    expect(answer).toMatchObject({ result: 0 });
  }
  expect(await ask(challenge(10))).toMatchObject({ result: 104 });
  expect(await askOther(challenge(10))).toMatchObject({ result: 104 });
  // Another key has its own rate and values.
  const { privateKey: another } = generateKeyPair('secp256k1');
  await world.run(client.subscribePrivate('orders3', { privateKey: another }, () => 'ok'));
  const third = new RawPublisher(world, 'orders3');
  expect(await third.ask(node, third.route(node).name, challenge())).toMatchObject({ result: 0 });
  node.session.connection.destroy();
  await world.pass(2_000);
  expect(await ask(challenge())).toMatchObject({ result: 104 });
  expect(await askOther(challenge(1))).toMatchObject({ result: 104 });
  expect(await ask(challenge(10))).toMatchObject({ result: 0 });
  expect(client.counters()).toMatchObject({ challengesSigned: 12 });
});

test('only on the route of this connection: not of another one, an older one, another topic', async () => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node()];
  const client = await world.client([a, b]);
  await world.settle();
  await world.run(client.subscribePrivate('T1', { privateKey }, () => 'ok'));
  const other = generateKeyPair('secp256k1');
  await world.run(client.subscribePrivate('T10', { privateKey: other.privateKey }, () => 'ok'));
  const [publisher, ofOther] = [new RawPublisher(world, 'T1'), new RawPublisher(world, 'T10')];
  const old = publisher.route(a).name;
  const foreign = old.slice(0, -32) + '0'.repeat(32);
  let number = 0;
  for (const topic of [publisher.route(b).name, foreign, publisher.payload]) {
    await publisher.ask(a, topic, challenge(++number));
    expect(isSigned(a, challenge(number))).toBe(false);
  }
  // The route of T10 answers with the key of T10.
  await publisher.ask(a, ofOther.route(a).name, challenge(++number));
  expect(isSigned(a, challenge(number))).toBe(false);
  a.session.connection.destroy();
  await world.pass(1_000);
  expect(await publisher.ask(a, old, challenge(++number))).toMatchObject({ result: 104 });
  expect(isSigned(a, challenge(number))).toBe(false);
});

test('at most ten a second are signed', async () => {
  const { world, client, ask } = await subscribed();
  const results: number[] = [];
  for (let number = 0; number < 15; number++) results.push((await ask(challenge(number))).result);
  expect(results).toEqual([...Array(10).fill(0), ...Array(5).fill(104)]);
  await world.pass(999);
  expect(await ask(challenge(20))).toMatchObject({ result: 104 });
  await world.pass(1);
  // What came too often was not signed, so it is not repeated either.
  for (let number = 10; number < 20; number++) {
    expect(await ask(challenge(number))).toMatchObject({ result: 0 });
  }
  expect(await ask(challenge(21))).toMatchObject({ result: 104 });
  expect(client.counters()).toMatchObject({ challengesSigned: 20 });
});

test('with publishers named, nothing that anybody may ask for is signed', async () => {
  const publishers = [generateKeyPair('secp256k1').publicKey];
  const { client, ask } = await subscribed({ privateKey, publishers });
  for (const content of [challenge(), Uint8Array.of(1), new Uint8Array(17).fill(2)]) {
    expect(await ask(content)).toMatchObject({ result: 104 });
  }
  expect(client.counters()).toMatchObject({ challengesSigned: 0, proofsRefused: 3 });
});

test('a multicast on a route is dropped, whatever it is', async () => {
  const { world, node, client, publisher } = await subscribed();
  node.session.push(ChannelType.multicast, publisher.route(node).name, challenge());
  await world.settle();
  expect(node.session.of(RESPONSE)).toHaveLength(0);
  expect(client.counters()).toMatchObject({ challengesSigned: 0, unclaimed: 1 });
});

test('a signer of the application gets the digest, and holds nobody up', async () => {
  const digests: Uint8Array[] = [];
  let sign: (signature: Uint8Array) => void = () => {};
  const signer: TopicSigner = {
    publicKey,
    sign: (digest) => {
      digests.push(digest);
      return new Promise((resolve) => {
        sign = resolve;
      });
    },
  };
  const { world, node, publisher, ask } = await subscribed({ privateKey: signer });
  const { name } = publisher.route(node);
  node.session.push(REQUEST, name, challenge(), 'slow');
  await world.settle();
  expect(node.session.of(RESPONSE)).toHaveLength(0);
  expect(await ask(encoder.encode('news'), publisher.payload)).toMatchObject({ result: 0 });
  expect(digests).toEqual([keccak256(challenge())]);
  sign(await signerOf(privateKey).sign(keccak256(challenge())));
  await world.settle();
  expect(verify(publisher.answerTo(node.session, 'slow').content, challenge(), publicKey)).toBe(
    true,
  );
});

test('a signer that never answers holds a bounded number of challenges', async () => {
  const signer: TopicSigner = { publicKey, sign: () => new Promise(() => {}) };
  const { world, node, client, publisher } = await subscribed({ privateKey: signer });
  const { name } = publisher.route(node);
  for (let number = 0; number < 50; number++) {
    node.session.push(REQUEST, name, challenge(number), `c${number}`);
    await world.pass(200);
  }
  expect(node.session.of(RESPONSE)).toHaveLength(50 - 32);
  expect(client.counters()).toMatchObject({ challengesSigned: 0, proofsRefused: 50 - 32 });
});

test('a signer that has not answered within 30 s has failed: its challenges and offers hold nobody up', async () => {
  let isAway = true;
  const signs: ((signature: Uint8Array) => void)[] = [];
  const signer: TopicSigner = {
    publicKey,
    sign: (digest) =>
      isAway
        ? new Promise((resolve) => {
            signs.push(resolve);
          })
        : signerOf(privateKey).sign(digest),
  };
  const { world, node, client, publisher, ask } = await subscribed({ privateKey: signer });
  const errors: ClientError[] = [];
  client.on('error', ({ error }) => errors.push(error));
  const { name } = publisher.route(node);
  for (let number = 0; number < 32; number++) {
    node.session.push(REQUEST, name, challenge(number), `c${number}`);
    const { content } = await publisher.offer(node);
    node.session.push(REQUEST, name, content, `o${number}`);
    await world.pass(100);
  }
  await world.pass(26_000);
  expect(errors).toHaveLength(0);
  await world.pass(4_500);
  expect(errors).toHaveLength(64);
  expect(errors[0]).toMatchObject({
    code: 'AMOP_CLIENT_SIGNER_FAILED',
    message: expect.stringContaining('not answered within 30 s'),
  });
  expect(publisher.answerTo(node.session, 'c0')).toMatchObject({ result: 120 });
  expect(publisher.answerTo(node.session, 'o0').content.at(-1)).toBe(BoundRefusal.signerFailed);
  isAway = false;
  expect(await ask(challenge(32))).toMatchObject({ result: 0 });
  expect(await publisher.tryToProve(node)).toMatchObject({ kind: 'proven' });
  // What it says at last goes nowhere.
  const answers = node.session.of(RESPONSE).length;
  for (const sign of signs) sign(new Uint8Array(65));
  await world.settle();
  expect(node.session.of(RESPONSE)).toHaveLength(answers);
  expect(errors).toHaveLength(64);
  expect(client.counters()).toMatchObject({ challengesSigned: 1, proofsGiven: 1 });
});

test.each([
  [
    'throws',
    () => {
      throw new Error('device is away');
    },
    'device is away',
  ],
  ['rejects', () => Promise.reject(new Error('device is away')), 'device is away'],
  ['gives 64 bytes', () => new Uint8Array(64), 'gave 64 bytes, 65 are needed'],
  ['gives no bytes', () => Promise.resolve('signature'), 'gave no bytes, 65 are needed'],
])('a signer that %s gives a failed answer and an event', async (_, sign, why) => {
  // What JavaScript callers may give.
  const signer = { publicKey, sign } as unknown as TopicSigner;
  const { node, client, publisher, ask } = await subscribed({ privateKey: signer });
  const errors: ClientError[] = [];
  client.on('error', ({ error }) => errors.push(error));
  const answer = await ask(challenge());
  expect(answer.result).toBe(120);
  expect(new TextDecoder().decode(answer.content)).not.toContain('device');
  expect(await publisher.tryToProve(node)).toEqual({ kind: 'refused', reason: 'signer-failed' });
  expect(errors).toHaveLength(2);
  for (const error of errors) {
    expect(error).toMatchObject({
      code: 'AMOP_CLIENT_SIGNER_FAILED',
      details: { topic: 'orders', node: node.nodeId },
      message: expect.stringContaining(why),
    });
  }
  expect(client.counters()).toMatchObject({
    challengesSigned: 0,
    proofsGiven: 0,
    connectedNodes: 1,
  });
});

test('an answer that comes after the connection is lost', async () => {
  let sign: (signature: Uint8Array) => void = () => {};
  const signer: TopicSigner = {
    publicKey,
    sign: () =>
      new Promise((resolve) => {
        sign = resolve;
      }),
  };
  const { world, node, client, publisher } = await subscribed({ privateKey: signer });
  const { session } = node;
  session.send(REQUEST, challenge(), encodeAmopBody(publisher.route(node).name, challenge()));
  await world.settle();
  session.connection.destroy();
  await world.pass(1_000);
  sign(await signerOf(privateKey).sign(keccak256(challenge())));
  await world.settle();
  expect(client.counters()).toMatchObject({ lostAnswers: 1 });
});
