import { ChannelType, encodeAmopBody, parseErrorDetail, readAmopBody } from '@amop/codec';
import { expect, test } from 'vitest';
import type { Message } from '../../src/index.ts';
import type { ScriptedSession } from '../support/scripted-session.ts';
import { seqOf } from '../support/scripted-session.ts';
import { World } from '../support/world.ts';

const { request: REQUEST, response: RESPONSE, multicast: MULTICAST } = ChannelType;

function textOf(session: ScriptedSession): string {
  return new TextDecoder().decode(readAmopBody(session.last(RESPONSE).data).content);
}

test('a handler answers under the seq and the topic of the request', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.run(client.subscribe('t', (message) => message.text().toUpperCase()));
  node.session.push(REQUEST, 't', 'hallo', 'q1');
  await world.settle();
  const answer = node.session.last(RESPONSE);
  expect(answer.seq).toEqual(seqOf('q1'));
  expect(answer.result).toBe(0);
  expect(answer.data).toEqual(encodeAmopBody('t', new TextEncoder().encode('HALLO')));
});

test('a request under an own seq is a request, not the answer (D-14)', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.run(client.subscribe('t', (message) => `answer to ${message.text()}`));
  // The usual script sends the request to its only subscriber: back to where it came from.
  const reply = await world.run(client.request('t', 'myself'));
  expect(reply.text()).toBe('answer to myself');
  expect(client.counters()).toMatchObject({ requestsReceived: 1, replies: 1 });
});

test.each([
  ['ours', 'not-subscribed'],
  ['original', undefined],
] as const)(
  'a request for a topic nobody has here is declined at once (%s)',
  async (kind, reason) => {
    const world = new World();
    const node = await world.node(kind);
    const client = await world.client([node]);
    const subscription = await world.run(client.subscribe('t', () => 'ok'));
    await world.run(subscription.unsubscribe());
    node.session.push(REQUEST, 't', 'late', 'q2');
    await world.settle();
    const answer = node.session.last(RESPONSE);
    expect(answer.result).toBe(104);
    expect(answer.seq).toEqual(seqOf('q2'));
    const detail = parseErrorDetail(answer.data);
    expect(detail?.reason).toBe(reason);
    if (kind === 'ours') {
      expect(detail).toMatchObject({ hop: 'subscriber', maybeDelivered: 'no', retryable: true });
    } else {
      expect(answer.data).toEqual(encodeAmopBody('t', new TextEncoder().encode('late')));
    }
    expect(client.counters()).toMatchObject({ unclaimed: 1 });
  },
);

test('a request that cannot be read is answered with 105, and the next is served', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.run(client.subscribe('t', () => 'ok'));
  for (const data of [[], [0], [9, 0x74], [3, 0xff, 0xfe]]) {
    node.session.send(REQUEST, seqOf('bad'), Uint8Array.from(data));
    await world.settle();
    expect(node.session.last(RESPONSE).result).toBe(105);
    node.session.send(MULTICAST, seqOf('bad'), Uint8Array.from(data));
  }
  node.session.push(REQUEST, 't', 'x');
  await world.settle();
  expect(textOf(node.session)).toBe('ok');
  expect(client.counters()).toMatchObject({ malformedFrames: 8, connectedNodes: 1 });
});

test('unknown types are counted and ignored (D-13)', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  for (const type of [0, 0x15, 0x37, 0x38, 0x1000, 0x1001, 0x1002, 0xffff]) {
    node.session.send(type, seqOf('x'), Uint8Array.of(1, 2, 3));
  }
  await world.settle();
  expect(client.counters()).toMatchObject({ ignoredFrames: 8, connectedNodes: 1 });
});

test('a multicast goes to every subscription of its topic, with memory of its own', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const seen: Message[] = [];
  await world.run(client.subscribe('t', (message) => void seen.push(message)));
  await world.run(client.subscribe('t', (message) => void seen.push(message)));
  const iterated = await world.run(client.subscribe('t'));
  await world.run(client.subscribe('other', (message) => void seen.push(message)));
  node.session.push(MULTICAST, 't', 'x', 'm1');
  await world.settle();
  expect(seen.map((message) => [message.kind, message.text()])).toEqual([
    ['multicast', 'x'],
    ['multicast', 'x'],
  ]);
  expect(iterated.queued).toBe(1);
  const [first, second] = seen;
  first?.body.fill(0);
  expect(second?.text()).toBe('x');
  expect(second?.seq).toBe('m1'.padEnd(32, '.'));
  expect(node.session.of(RESPONSE)).toHaveLength(0);
});

test('a request goes to one: handlers in turn, an iterator only where there is none', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const iterated = await world.run(client.subscribe('t'));
  await world.run(client.subscribe('t', () => 'first'));
  await world.run(client.subscribe('t', () => 'second'));
  const answers: string[] = [];
  for (let count = 0; count < 4; count++) {
    node.session.push(REQUEST, 't', 'x');
    await world.settle();
    answers.push(textOf(node.session));
  }
  expect(answers).toEqual(['first', 'second', 'first', 'second']);
  expect(iterated.queued).toBe(0);

  const alone = await world.run(client.subscribe('only-iterators'));
  const other = await world.run(client.subscribe('only-iterators'));
  for (let count = 0; count < 4; count++) node.session.push(REQUEST, 'only-iterators', 'x');
  await world.settle();
  expect([alone.queued, other.queued]).toEqual([2, 2]);
});

test('a multicast that comes by two nodes is delivered once, a repetition twice (D-19)', async () => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node()];
  const client = await world.client([a, b]);
  await world.settle();
  let count = 0;
  await world.run(client.subscribe('t', () => void count++));
  a.session.push(MULTICAST, 't', 'x', 'm1');
  b.session.push(MULTICAST, 't', 'x', 'm1');
  await world.settle();
  expect(count).toBe(1);
  a.session.push(MULTICAST, 't', 'x', 'm1');
  b.session.push(MULTICAST, 't', 'y', 'm1');
  await world.settle();
  expect(count).toBe(3);
  expect(client.counters()).toMatchObject({ duplicates: 1, multicastsReceived: 3 });
});

test('nor is it delivered a second time when one of the links falters for as long as it may', async () => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node()];
  const client = await world.client([a, b]);
  await world.settle();
  let count = 0;
  await world.run(client.subscribe('t', () => void count++));
  a.session.push(MULTICAST, 't', 'x', 'm1');
  await world.pass(29_000, 1_000);
  for (const { session } of [a, b]) session.push(MULTICAST, 'other', 'keeps the link');
  await world.pass(29_000, 1_000);
  b.session.push(MULTICAST, 't', 'x', 'm1');
  await world.settle();
  expect(count).toBe(1);
  expect(client.counters()).toMatchObject({ duplicates: 1, disconnects: 0 });
});

test('the body shows no other message, and what came before does not change', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const bodies: Uint8Array[] = [];
  await world.run(client.subscribe('t', (message) => void bodies.push(message.body)));
  for (let index = 0; index < 20; index++) node.session.push(MULTICAST, 't', `body ${index}`);
  await world.settle();
  expect(bodies).toHaveLength(20);
  bodies.forEach((body, index) => {
    expect(body.buffer.byteLength).toBe(body.byteLength);
    expect(new TextDecoder().decode(body)).toBe(`body ${index}`);
  });
});

test('every split of the bytes gives the same messages', async () => {
  for (const maxChunkBytes of [1, 7, 41, 42, 43, 100]) {
    const world = new World({ maxChunkBytes });
    const node = await world.node();
    const client = await world.client([node]);
    const texts: string[] = [];
    await world.run(client.subscribe('t', (message) => void texts.push(message.text())));
    for (let index = 0; index < 5; index++) node.session.push(MULTICAST, 't', `body ${index}`);
    await world.settle();
    expect(texts).toEqual(['body 0', 'body 1', 'body 2', 'body 3', 'body 4']);
  }
});
