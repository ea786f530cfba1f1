import { ChannelType, SealedStatus, SealedType } from '@amop/codec';
import { formatPublicKeyHex, generateKeyPair } from '@amop/crypto';
import { expect, test } from 'vitest';
import { EpochSealer } from '../../../src/bound/seal/epoch.ts';
import type { Message } from '../../../src/index.ts';
import { handOverOf, RawPublisher } from '../../support/raw-publisher.ts';
import type { ScriptedNode } from '../../support/scripted-node.ts';
import { World } from '../../support/world.ts';

const { multicast: MULTICAST } = ChannelType;
const { privateKey } = generateKeyPair('secp256k1');
const encoder = new TextEncoder();

async function subscribed(options: { nodes?: number; named?: boolean } = {}) {
  const world = new World();
  const nodes: ScriptedNode[] = [];
  for (let count = 0; count < (options.nodes ?? 1); count++) nodes.push(await world.node());
  const client = await world.client(nodes);
  await world.settle();
  const publisher = new RawPublisher(world, 'orders');
  const publishers = [publisher.keys.publicKey];
  const messages: Message[] = [];
  const keys = options.named === true ? { privateKey, publishers } : { privateKey };
  const subscription = await world.run(
    client.subscribePrivate('orders', keys, (message) => {
      messages.push(message);
      return 'answer';
    }),
  );
  const [node] = nodes;
  if (node === undefined) throw new Error('no node');
  const epoch = (lifeMs = 600_000): EpochSealer =>
    EpochSealer.create(
      { topic: publisher.payload, expiresMs: world.clock.wallMs() + lifeMs },
      world,
    );
  const multicast = async (
    content: Uint8Array | undefined,
    seq = 'm',
    by = node,
  ): Promise<void> => {
    if (content === undefined) throw new Error('the epoch is over');
    by.session.push(MULTICAST, publisher.payload, content, seq);
    await world.settle();
  };
  const texts = (): string[] => messages.map((message) => message.text());
  return { world, node, nodes, client, subscription, publisher, messages, epoch, multicast, texts };
}

test('without publishers, what an original publisher sends is delivered as unverified', async () => {
  const { node, client, publisher, messages, multicast } = await subscribed();
  const answer = await publisher.ask(node, publisher.payload, encoder.encode('hello'));
  expect(answer).toMatchObject({ result: 0, topic: publisher.payload });
  expect(new TextDecoder().decode(answer.content)).toBe('answer');
  await multicast(encoder.encode('to all'));
  expect(messages).toMatchObject([
    { topic: 'orders', kind: 'request', sender: 'unverified' },
    { topic: 'orders', kind: 'multicast', sender: 'unverified' },
  ]);
  expect(client.counters()).toMatchObject({ requestsReceived: 1, multicastsReceived: 1 });
});

test('with publishers, it is dropped, counted, and a request declined', async () => {
  const { node, client, publisher, messages, multicast } = await subscribed({ named: true });
  const answer = await publisher.ask(node, publisher.payload, encoder.encode('hello'));
  expect(answer.result).toBe(104);
  await multicast(encoder.encode('to all'));
  expect(messages).toHaveLength(0);
  expect(client.counters()).toMatchObject({ unsealedRejected: 2, requestsReceived: 0 });
});

test('a plain message that comes by two nodes is delivered once', async () => {
  const { nodes, client, multicast, texts } = await subscribed({ nodes: 2 });
  for (const node of nodes) await multicast(encoder.encode('x'), 'm', node);
  expect(texts()).toEqual(['x']);
  expect(client.counters()).toMatchObject({ duplicates: 1 });
});

test('a plain topic of the same name is another topic', async () => {
  const { world, node, client, messages } = await subscribed();
  const plain: Message[] = [];
  await world.run(client.subscribe('orders', (message) => void plain.push(message)));
  node.session.push(MULTICAST, 'orders', 'plain');
  await world.settle();
  expect(messages).toHaveLength(0);
  expect(plain).toMatchObject([{ topic: 'orders', sender: undefined }]);
});

test('a multicast of an epoch is delivered once, by whatever connection, and says who sent it', async () => {
  const { nodes, client, publisher, messages, epoch, multicast, texts } = await subscribed({
    nodes: 2,
    named: true,
  });
  const [a, b] = nodes;
  if (a === undefined || b === undefined) throw new Error('two nodes');
  const sealer = epoch();
  const [onA, onB] = [await publisher.prove(a), await publisher.prove(b)];
  for (const [node, seal] of [
    [a, onA],
    [b, onB],
  ] as const) {
    const answer = await publisher.request(node, seal, handOverOf(sealer), SealedType.epochKey);
    expect(answer.status).toBe(SealedStatus.ok);
  }
  const content = sealer.seal(withId('news'));
  await multicast(content, 'm1', a);
  await multicast(content, 'm1', b);
  expect(client.counters()).toMatchObject({ duplicates: 1, sealedRejected: 0 });
  // A node that names it anew cannot have it delivered again.
  await multicast(content, 'm2', b);
  await multicast(content, 'm3', a);
  expect(texts()).toEqual(['news']);
  expect(messages).toMatchObject([
    { topic: 'orders', kind: 'multicast', sender: formatPublicKeyHex(publisher.keys.publicKey) },
  ]);
  expect(client.counters()).toMatchObject({ duplicates: 1, sealedRejected: 2 });
  // The key dies with the last connection by which it came.
  a.session.connection.destroy();
  await multicast(sealer.seal(withId('by b')), 'm4', b);
  expect(texts()).toEqual(['news', 'by b']);
});

test('a copy that comes sealed for the route, besides the epoch, is delivered once', async () => {
  const { node, client, publisher, epoch, multicast, texts } = await subscribed();
  const sealer = epoch();
  const seal = await publisher.prove(node);
  await publisher.request(node, seal, handOverOf(sealer), SealedType.epochKey);
  const message = withId('once');
  await multicast(sealer.seal(message));
  const single = seal.seal(SealedType.multicast, message)?.content ?? new Uint8Array();
  await publisher.ask(node, publisher.route(node).name, single);
  expect(texts()).toEqual(['once']);
  expect(client.counters()).toMatchObject({ duplicates: 1, multicastsReceived: 1 });
});

test('an epoch ends with its connection, its time, a withdrawal, or soon after the next one', async () => {
  const { world, node, client, publisher, epoch, multicast, texts } = await subscribed();
  const handOver = async (sealer: EpochSealer): Promise<void> => {
    const seal = await publisher.prove(node);
    await publisher.request(node, seal, handOverOf(sealer), SealedType.epochKey);
  };

  const first = epoch();
  await handOver(first);
  const second = epoch();
  await handOver(second);
  await multicast(first.seal(withId('on its way')));
  await multicast(second.seal(withId('new')));
  await world.pass(5_000, 1_000);
  await multicast(first.seal(withId('too late')));
  expect(texts()).toEqual(['on its way', 'new']);

  const seal = await publisher.prove(node);
  await publisher.request(node, seal, '', SealedType.withdraw);
  await multicast(second.seal(withId('withdrawn')));

  const third = epoch(60_000);
  await handOver(third);
  // Clocks may be apart by five minutes.
  await world.pass(6 * 60_000 + 1_000, 10_000);
  await multicast(third.seal(withId('expired')));

  const fourth = epoch();
  await handOver(fourth);
  node.session.connection.destroy();
  await world.pass(1_000);
  await multicast(fourth.seal(withId('other connection')));
  expect(texts()).toEqual(['on its way', 'new']);
  expect(client.counters()).toMatchObject({ sealedRejected: 4, multicastsReceived: 2 });
});

test('a multicast of an epoch is not opened again after a reconnect, though its key is handed over anew', async () => {
  const { world, node, publisher, epoch, multicast, client, texts } = await subscribed();
  const sealer = epoch();
  const handOver = async () =>
    publisher.request(node, await publisher.prove(node), handOverOf(sealer), SealedType.epochKey);
  await handOver();
  const [news, held] = [sealer.seal(withId('news')), sealer.seal(withId('held back'))];
  await multicast(news);
  node.session.connection.destroy();
  await world.pass(1_000);
  // Nobody has handed it to this connection yet.
  await multicast(held);
  expect((await handOver()).status).toBe(SealedStatus.ok);
  await multicast(news);
  expect(texts()).toEqual(['news']);
  await multicast(held);
  await multicast(sealer.seal(withId('more')));
  expect(texts()).toEqual(['news', 'held back', 'more']);
  expect(client.counters()).toMatchObject({ sealedRejected: 2 });
});

test('nor after the topic was left and subscribed anew', async () => {
  const { world, node, client, subscription, publisher, epoch, multicast, texts } =
    await subscribed();
  const sealer = epoch();
  const handOver = async () => {
    const seal = await publisher.prove(node);
    return publisher.request(node, seal, handOverOf(sealer), SealedType.epochKey);
  };
  await handOver();
  const news = sealer.seal(withId('news'));
  await multicast(news);
  expect(texts()).toEqual(['news']);
  await world.run(subscription.unsubscribe(), 1_000);
  const seen: string[] = [];
  const again = client.subscribePrivate('orders', { privateKey }, (message) => {
    seen.push(message.text());
  });
  await world.run(again, 1_000);
  expect((await handOver()).status).toBe(SealedStatus.ok);
  await multicast(news);
  await multicast(sealer.seal(withId('more')));
  expect(seen).toEqual(['more']);
});

test('an epoch that was withdrawn, or replaced, is not taken again, by whatever connection', async () => {
  const { world, nodes, publisher, epoch, multicast, texts } = await subscribed({ nodes: 2 });
  const [a, b] = nodes;
  if (a === undefined || b === undefined) throw new Error('two nodes');
  const handOver = async (node: ScriptedNode, sealer: EpochSealer) => {
    const seal = await publisher.prove(node);
    const { status } = await publisher.request(node, seal, handOverOf(sealer), SealedType.epochKey);
    return { seal, status };
  };
  const withdrawn = epoch();
  const { seal } = await handOver(a, withdrawn);
  await handOver(b, withdrawn);
  await publisher.request(a, seal, '', SealedType.withdraw);
  await multicast(withdrawn.seal(withId('x')), 'x', b);
  for (const node of [a, b]) {
    expect((await handOver(node, withdrawn)).status).toBe(SealedStatus.declined);
  }
  // Also where nobody held it any more when it was withdrawn.
  const [left, next] = [epoch(), epoch()];
  await handOver(a, left);
  a.session.connection.destroy();
  await world.pass(1_000);
  const onB = await publisher.prove(b);
  await publisher.request(b, onB, '', SealedType.withdraw);
  expect((await handOver(a, left)).status).toBe(SealedStatus.declined);
  const replaced = epoch();
  await handOver(a, replaced);
  await handOver(a, next);
  await world.pass(5_000, 1_000);
  expect((await handOver(b, replaced)).status).toBe(SealedStatus.declined);
  await multicast(next.seal(withId('next')), 'next', a);
  expect(texts()).toEqual(['next']);
});

test('no publisher takes the epoch of another one, and what is no key is declined', async () => {
  const { world, node, publisher, epoch, multicast, messages } = await subscribed();
  const thief = new RawPublisher(world, 'orders');
  const sealer = epoch();
  const [mine, theirs] = [await publisher.prove(node), await thief.prove(node)];
  await publisher.request(node, mine, handOverOf(sealer), SealedType.epochKey);
  const other = handOverOf(sealer);
  other.fill(7, 8, 40); // the key
  for (const body of [other, handOverOf(sealer), new Uint8Array(3)]) {
    const answer = await thief.request(node, theirs, body, SealedType.epochKey);
    expect(answer.status).toBe(SealedStatus.declined);
  }
  await multicast(sealer.seal(withId('still mine')));
  expect(messages).toMatchObject([{ sender: formatPublicKeyHex(publisher.keys.publicKey) }]);
});

test('a stranger with very many epochs takes away none, and hands over ten in a second', async () => {
  const { world, node, publisher, epoch, multicast, client, texts } = await subscribed();
  const stranger = new RawPublisher(world, 'orders');
  const sealer = epoch();
  const [mine, theirs] = [await publisher.prove(node), await stranger.prove(node)];
  await publisher.request(node, mine, handOverOf(sealer), SealedType.epochKey);
  const statuses: SealedStatus[] = [];
  for (let count = 0; count < 1_030; count++) {
    const body = handOverOf(epoch());
    const { status } = await stranger.request(node, theirs, body, SealedType.epochKey);
    statuses.push(status);
  }
  expect(statuses.filter((status) => status === SealedStatus.ok)).toHaveLength(10);
  expect(new Set(statuses.slice(10))).toEqual(new Set([SealedStatus.declined]));
  await multicast(sealer.seal(withId('still there')));
  // The one does not use up the rate of the other.
  const next = epoch();
  await publisher.request(node, mine, handOverOf(next), SealedType.epochKey);
  await multicast(next.seal(withId('next')));
  await world.pass(1_000);
  const later = await stranger.request(node, theirs, handOverOf(epoch()), SealedType.epochKey);
  expect(later.status).toBe(SealedStatus.ok);
  expect(texts()).toEqual(['still there', 'next']);
  expect(client.counters()).toMatchObject({ sealedRejected: 1_020 });
});

test('a multicast of an epoch that nobody handed over is dropped and counted', async () => {
  const { client, epoch, messages, multicast } = await subscribed();
  await multicast(epoch().seal(withId('x')));
  expect(messages).toHaveLength(0);
  expect(client.counters()).toMatchObject({ sealedRejected: 1 });
});

let messages = 0;

/** A multicast as it is sealed: an ID of its own, then the text. */
function withId(text: string): Uint8Array {
  const id = `${++messages}`.padStart(16, '0');
  return encoder.encode(id + text);
}
