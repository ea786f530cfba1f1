import { ChannelType, parseErrorDetail, SealedStatus, SealedType } from '@amop/codec';
import { formatPublicKeyHex, generateKeyPair } from '@amop/crypto';
import { expect, test } from 'vitest';
import type { PublisherSeal } from '../../../src/bound/seal/publisher-seal.ts';
import { AnswerError, type Message } from '../../../src/index.ts';
import { RawPublisher } from '../../support/raw-publisher.ts';
import type { ScriptedNode } from '../../support/scripted-node.ts';
import { World } from '../../support/world.ts';

const { request: REQUEST, response: RESPONSE } = ChannelType;
const { privateKey, publicKey } = generateKeyPair('secp256k1');
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

/** A subscriber of `orders` that names the publisher, or does not. */
async function subscribed(
  options: {
    kind?: 'ours' | 'original';
    named?: boolean;
    answer?: (message: Message) => string;
  } = {},
) {
  const {
    kind = 'ours',
    named = true,
    answer = (message) => message.text().toUpperCase(),
  } = options;
  const world = new World();
  const node = await world.node(kind);
  const client = await world.client([node]);
  const publisher = new RawPublisher(world, 'orders');
  const publishers = [publisher.keys.publicKey];
  const messages: Message[] = [];
  await world.run(
    client.subscribePrivate(
      'orders',
      named ? { privateKey, publishers } : { privateKey },
      (message) => {
        messages.push(message);
        return answer(message);
      },
    ),
    1_000,
  );
  return { world, node, client, publisher, messages };
}

function sealedWith(seal: PublisherSeal, body: string, type: SealedType = SealedType.request) {
  const sealed = seal.seal(type, new TextEncoder().encode(body));
  if (sealed === undefined) throw new Error('the keys are gone');
  return sealed;
}

test.each(['ours', 'original'] as const)(
  'a sealed request is opened, answered sealed, and says who sealed it (%s)',
  async (kind) => {
    const { node, client, publisher, messages } = await subscribed({ kind });
    const outcome = await publisher.tryToProve(node);
    if (outcome.kind !== 'proven') throw new Error(outcome.reason);
    expect(outcome.subscriberKey.equals(publicKey)).toBe(true);
    const answer = await publisher.request(node, outcome.seal, 'buy');
    expect([answer.status, text(answer.body)]).toEqual([SealedStatus.ok, 'BUY']);
    expect(messages).toMatchObject([
      { topic: 'orders', kind: 'request', sender: formatPublicKeyHex(publisher.keys.publicKey) },
    ]);
    expect(client.counters()).toMatchObject({
      proofsGiven: 1,
      proofsRefused: 0,
      requestsReceived: 1,
      sealedRejected: 0,
      answers: 2,
    });
    const frames = [...node.session.received.map(({ data }) => text(data))].join();
    expect(frames).not.toMatch(/buy/i);
  },
);

test('what a handler throws travels sealed, its text only of an AnswerError', async () => {
  for (const [error, message] of [
    [new AnswerError('account 17 is locked', { retryable: true }), 'account 17 is locked'],
    [new Error('secret of the handler'), undefined],
  ] as const) {
    const { node, client, publisher } = await subscribed({
      answer: () => {
        throw error;
      },
    });
    const answer = await publisher.request(node, await publisher.prove(node), 'x');
    expect(answer.status).toBe(SealedStatus.handlerFailed);
    const detail = parseErrorDetail(answer.body);
    expect(detail?.message).toBe(message);
    expect(detail).toMatchObject({ reason: 'handler-failed', hop: 'subscriber' });
    const frame = node.session.last(RESPONSE);
    expect(frame.result).toBe(0);
    expect(text(frame.data)).not.toMatch(/account|secret|handler/);
    expect(client.counters()).toMatchObject({ failedAnswers: 1 });
  }
});

test('an iterated subscription gets messages, and what it leaves unread is handed back sealed', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const subscription = await world.run(client.subscribePrivate('orders', { privateKey }));
  const publisher = new RawPublisher(world, 'orders');
  const seal = await publisher.prove(node);
  const sealed = ['one', 'two'].map((body) => sealedWith(seal, body));
  const { name } = publisher.route(node);
  for (const [at, { content }] of sealed.entries()) {
    node.session.push(REQUEST, name, content, `s${at}`);
  }
  await world.settle();
  expect(subscription.queued).toBe(2);
  const open = (at: number) => {
    const [content, counter] = [
      publisher.answerTo(node.session, `s${at}`).content,
      sealed[at]?.counter,
    ];
    return seal.openAnswer(counter ?? -1, content);
  };
  for await (const message of subscription) {
    expect(message.text()).toBe('one');
    message.respond('ok');
    break;
  }
  await world.settle();
  expect(text(open(0)?.body)).toBe('ok');
  expect(open(1)?.status).toBe(SealedStatus.declined);
});

test('a handler that outlives its subscription still answers sealed', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  let finish: (answer: string) => void = () => {};
  const subscription = await world.run(
    client.subscribePrivate(
      'orders',
      { privateKey },
      () =>
        new Promise<string>((resolve) => {
          finish = resolve;
        }),
    ),
  );
  const publisher = new RawPublisher(world, 'orders');
  const seal = await publisher.prove(node);
  const { content, counter } = sealedWith(seal, 'slow');
  node.session.push(REQUEST, publisher.route(node).name, content, 's');
  await world.settle();
  await world.run(subscription.unsubscribe());
  finish('done');
  await world.settle();
  const answer = publisher.answerTo(node.session, 's');
  expect(text(seal.openAnswer(counter, answer.content)?.body)).toBe('done');
});

test('a sealed multicast goes to every subscription and is answered with nothing', async () => {
  const { world, node, client, publisher, messages } = await subscribed();
  const publishers = [publisher.keys.publicKey];
  const iterated = await world.run(client.subscribePrivate('orders', { privateKey, publishers }));
  const seal = await publisher.prove(node);
  const { name } = publisher.route(node);
  const answer = await publisher.ask(node, name, publisher.multicast(seal, 1, 'news'));
  expect(answer).toMatchObject({ result: 0, topic: name, content: new Uint8Array() });
  expect(messages.map((each) => [each.kind, each.text(), each.seq])).toEqual([
    ['multicast', 'news', '01'.repeat(16)],
  ]);
  expect(iterated.queued).toBe(1);
  expect(node.session.of(RESPONSE)).toHaveLength(2);
});

test('copies of a multicast for several connections are delivered once', async () => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node()];
  const client = await world.client([a, b]);
  await world.settle();
  const seen: string[] = [];
  await world.run(
    client.subscribePrivate('orders', { privateKey }, (message) => void seen.push(message.text())),
  );
  const [publisher, other] = [new RawPublisher(world, 'orders'), new RawPublisher(world, 'orders')];
  const [onA, onB] = [await publisher.prove(a), await publisher.prove(b)];
  await publisher.ask(a, publisher.route(a).name, publisher.multicast(onA, 1, 'once'));
  await publisher.ask(b, publisher.route(b).name, publisher.multicast(onB, 1, 'once'));
  expect(seen).toEqual(['once']);
  await publisher.ask(b, publisher.route(b).name, publisher.multicast(onB, 2, 'next'));
  // Another publisher cannot suppress a message by using its ID first.
  const ofOther = await other.prove(a);
  await other.ask(a, other.route(a).name, other.multicast(ofOther, 3, 'other'));
  await publisher.ask(a, publisher.route(a).name, publisher.multicast(onA, 3, 'mine'));
  expect(seen).toEqual(['once', 'next', 'other', 'mine']);
  expect(client.counters()).toMatchObject({ duplicates: 1, multicastsReceived: 4 });
});

test.each(['ours', 'original'] as const)(
  'a recorded frame is dropped, counted and declined, and nobody waits (%s)',
  async (kind) => {
    const { world, node, client, publisher, messages } = await subscribed({ kind });
    const seal = await publisher.prove(node);
    const { name } = publisher.route(node);
    const { content } = sealedWith(seal, 'pay');
    const changed = sealedWith(seal, 'more').content;
    const last = changed.length - 1;
    changed[last] = (changed[last] ?? 0) ^ 1;
    expect(await publisher.ask(node, name, content)).toMatchObject({ result: 0 });
    const foreign = Uint8Array.from(content);
    foreign[6] = (foreign[6] ?? 0) ^ 1; // in the key ID
    const frames = [content, changed, foreign, content.subarray(0, 20)];
    for (const frame of frames) {
      expect(await publisher.ask(node, name, frame)).toMatchObject({ result: 104 });
    }
    // On the topic itself, as request and as multicast.
    const fresh = sealedWith(seal, 'elsewhere').content;
    expect(await publisher.ask(node, publisher.payload, fresh)).toMatchObject({ result: 104 });
    node.session.push(ChannelType.multicast, publisher.payload, fresh);
    await world.settle();
    expect(messages).toHaveLength(1);
    expect(client.counters()).toMatchObject({ sealedRejected: 6, requestsReceived: 1 });
  },
);

test('a frame that comes after 1 024 others, on another route, or with an old key is dropped', async () => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node()];
  const client = await world.client([a, b]);
  await world.settle();
  let count = 0;
  await world.run(client.subscribePrivate('orders', { privateKey }, () => void count++));
  const publisher = new RawPublisher(world, 'orders');
  const seal = await publisher.prove(a);
  const late = sealedWith(seal, 'late').content;
  for (let number = 0; number < 1_023; number++) seal.seal(SealedType.request, new Uint8Array());
  await publisher.request(a, seal, 'newest');
  const rejected = async (node: ScriptedNode, content: Uint8Array): Promise<void> => {
    const answer = await publisher.ask(node, publisher.route(node).name, content);
    expect(answer.result).toBe(104);
  };
  await rejected(a, late);
  await rejected(b, sealedWith(seal, 'other route').content);
  a.session.connection.destroy();
  await world.pass(1_000);
  await rejected(a, sealedWith(seal, 'old key').content);
  expect(count).toBe(1);
  expect(client.counters()).toMatchObject({ sealedRejected: 3 });
});

test('keys end with their proof; a renewed proof has others', async () => {
  const { world, node, client, publisher } = await subscribed();
  const seal = await publisher.prove(node);
  await world.pass(590_000, 10_000);
  const renewed = await publisher.prove(node);
  await publisher.request(node, seal, 'still good');
  await world.pass(60_000, 10_000);
  const late = sealedWith(seal, 'late').content;
  expect(await publisher.ask(node, publisher.route(node).name, late)).toMatchObject({
    result: 104,
  });
  await publisher.request(node, renewed, 'good');
  expect(client.counters()).toMatchObject({ sealedRejected: 1, proofsGiven: 2 });
});

test('a publisher that withdraws its trust has the keys die', async () => {
  const { node, client, publisher } = await subscribed();
  const seal = await publisher.prove(node);
  expect(await publisher.request(node, seal, '', SealedType.withdraw)).toMatchObject({
    status: SealedStatus.ok,
  });
  const after = sealedWith(seal, 'after').content;
  expect(await publisher.ask(node, publisher.route(node).name, after)).toMatchObject({
    result: 104,
  });
  expect(client.counters()).toMatchObject({ sealedRejected: 1 });
});

test('an offer is answered for this route, at this node, for an allowed publisher, once', async () => {
  const { world, node, client, publisher } = await subscribed();
  const stranger = new RawPublisher(world, 'orders');
  const good = await publisher.offer(node);
  const offers = [
    // A node that lists the victim's route as its own passes the offer on to the victim.
    [await publisher.offer(node, { routeNode: 'e'.repeat(128) }), 'other-node'],
    [await publisher.offer(node, { routeId: '0'.repeat(32) }), 'other-route'],
    [
      await publisher.offer(node, { topic: new RawPublisher(world, 'order').payload }),
      'other-route',
    ],
    [await stranger.offer(node), 'publisher-not-allowed'],
  ] as const;
  for (const [offer, reason] of offers) {
    expect(await publisher.tryToProve(node, offer)).toEqual({ kind: 'refused', reason });
  }
  expect(await publisher.tryToProve(node, good)).toMatchObject({ kind: 'proven' });
  const again = await publisher.ask(node, publisher.route(node).name, good.content);
  expect(again.content.at(-1)).toBe(6);
  expect(client.counters()).toMatchObject({ proofsGiven: 1, proofsRefused: 5 });
});

test('a signer that never answers holds a bounded number of offers', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const signer = { publicKey, sign: () => new Promise<Uint8Array>(() => {}) };
  await world.run(client.subscribePrivate('orders', { privateKey: signer }, () => 'ok'));
  const publisher = new RawPublisher(world, 'orders');
  for (let number = 0; number < 40; number++) {
    const { content } = await publisher.offer(node);
    node.session.push(REQUEST, publisher.route(node).name, content, `o${number}`);
    await world.pass(200);
  }
  expect(node.session.of(RESPONSE)).toHaveLength(40 - 32);
  expect(client.counters()).toMatchObject({ proofsRefused: 40 - 32, connectedNodes: 1 });
});
