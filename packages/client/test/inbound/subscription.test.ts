import { ChannelType, parseErrorDetail } from '@amop/codec';
import { expect, test } from 'vitest';
import type { Subscription } from '../../src/index.ts';
import { rejection, World } from '../support/world.ts';

const { request: REQUEST, response: RESPONSE, multicast: MULTICAST } = ChannelType;

/** Reads to the end, noting the texts. */
async function collect(subscription: Subscription, texts: string[]): Promise<void> {
  for await (const message of subscription) texts.push(message.text());
}

test('messages are iterated in the order they came, and the loop ends with unsubscribe', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const subscription = await world.run(client.subscribe('t'));
  const texts: string[] = [];
  node.session.push(MULTICAST, 't', 'before');
  await world.settle();
  const loop = collect(subscription, texts);
  for (let index = 0; index < 2_000; index++) node.session.push(MULTICAST, 't', `${index}`);
  await world.settle();
  await world.run(subscription.unsubscribe());
  await world.run(loop);
  expect(texts).toEqual(['before', ...Array.from({ length: 2_000 }, (_, index) => `${index}`)]);
});

test('what came before unsubscribe is still read, and counts no longer', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const subscription = await world.run(client.subscribe('t'));
  node.session.push(MULTICAST, 't', 'a');
  node.session.push(MULTICAST, 't', 'b');
  await world.settle();
  await world.run(subscription.unsubscribe());
  expect(client.counters()).toMatchObject({ queuedBytes: 0 });
  const texts: string[] = [];
  await world.run(collect(subscription, texts));
  expect(texts).toEqual(['a', 'b']);
});

test('close ends the loop as well', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const subscription = await world.run(client.subscribe('t'));
  const texts: string[] = [];
  const loop = collect(subscription, texts);
  node.session.push(MULTICAST, 't', 'x');
  await world.settle();
  await world.run(client.close());
  await world.run(loop);
  expect(texts).toEqual(['x']);
});

test('a request is answered from the loop, once', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const subscription = await world.run(client.subscribe('t'));
  const loop = (async () => {
    for await (const message of subscription) {
      expect(message.kind).toBe('request');
      expect(message.awaitsAnswer).toBe(true);
      expect(message.respond(`re ${message.text()}`)).toBe(true);
      expect(message.respond('again')).toBe(false);
      expect(message.fail(new Error('again'))).toBe(false);
      expect(message.decline()).toBe(false);
    }
  })();
  expect((await world.run(client.request('t', 'x'))).text()).toBe('re x');
  expect(node.session.of(RESPONSE)).toHaveLength(1);
  await world.run(client.close());
  await world.run(loop);
});

test('a request that is never answered is left to the node', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const subscription = await world.run(client.subscribe('t'));
  node.session.push(REQUEST, 't', 'x');
  const taken = await world.run(subscription[Symbol.asyncIterator]().next());
  expect(taken.done).toBe(false);
  await world.pass(60_000, 5_000);
  expect(node.session.of(RESPONSE)).toHaveLength(0);
  expect(client.counters()).toMatchObject({ connectedNodes: 1, queuedBytes: 0 });
});

test('leaving the loop unsubscribes and declines what was not read', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const subscription = await world.run(client.subscribe('t'));
  for (const seq of ['a', 'b', 'c']) node.session.push(REQUEST, 't', seq, seq);
  await world.settle();
  const loop = (async () => {
    for await (const message of subscription) {
      message.respond('read');
      break;
    }
  })();
  await world.run(loop);
  await world.settle();
  expect(node.session.topics.size).toBe(0);
  const answers = node.session.of(RESPONSE).map((frame) => [frame.seqKey[0], frame.result]);
  expect(answers).toEqual([
    ['a', 0],
    ['b', 104],
    ['c', 104],
  ]);
  expect(parseErrorDetail(node.session.last(RESPONSE).data)).toMatchObject({
    reason: 'not-subscribed',
    maybeDelivered: 'no',
  });
  expect(client.counters()).toMatchObject({ queuedBytes: 0, subscribedTopics: 0 });
});

test('decline hands a request back by hand', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.run(client.subscribe('t', (message) => void message.decline()));
  expect(await rejection(world.run(client.request('t', 'x')))).toMatchObject({
    code: 'AMOP_CLIENT_NO_ANSWER',
    details: { hop: 'subscriber', maybeDelivered: 'no', retryable: true },
  });
});

test('two loops over one subscription share its messages', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const subscription = await world.run(client.subscribe('t'));
  const texts: [string[], string[]] = [[], []];
  const loops = texts.map((each) => collect(subscription, each));
  await world.settle();
  for (let index = 0; index < 10; index++) {
    node.session.push(MULTICAST, 't', `${index}`);
    await world.settle();
  }
  await world.run(subscription.unsubscribe());
  await world.run(Promise.all(loops));
  expect([...texts[0], ...texts[1]].sort()).toEqual([...'0123456789']);
  expect(texts.map((each) => each.length)).toEqual([5, 5]);
});

test('a subscription with a handler is not iterated', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const subscription = await world.run(client.subscribe('t', () => 'x'));
  expect(subscription.queued).toBe(0);
  expect(() => subscription[Symbol.asyncIterator]()).toThrow(
    expect.objectContaining({ code: 'AMOP_CLIENT_OPTIONS' }),
  );
});

test('await using ends a subscription', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const subscription = await world.run(client.subscribe('t'));
  await world.run(subscription[Symbol.asyncDispose]());
  expect(node.session.topics.size).toBe(0);
});
