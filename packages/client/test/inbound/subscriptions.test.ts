import { type ChannelFrame, ChannelType, encodeSubscribeAck, parseSubscribe } from '@amop/codec';
import { expect, test } from 'vitest';
import type { ScriptedSession } from '../support/scripted-session.ts';
import { rejection, World } from '../support/world.ts';

const { subscribe: SUBSCRIBE, rpc: RPC } = ChannelType;
const ANSWER = (): string => 'ok';

function silent(): void {}

/** Watches a promise without waiting for it. */
function watch(promise: Promise<unknown>): { open: boolean } {
  const state = { open: true };
  const done = (): void => {
    state.open = false;
  };
  promise.then(done, done);
  return state;
}

function acknowledge(session: ScriptedSession, frame: ChannelFrame): void {
  const data = encodeSubscribeAck({ sequence: 1, refused: [] });
  session.send(SUBSCRIBE, frame.seq, data);
}

test('subscribe resolves when the node has said that it applied it (D-34)', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(SUBSCRIBE, silent);
  const pending = client.subscribe('t', ANSWER);
  const state = watch(pending);
  await world.pass(1_000);
  expect(state.open).toBe(true);
  acknowledge(node.session, node.session.last(SUBSCRIBE));
  const subscription = await world.run(pending);
  expect(subscription.topic).toBe('t');
});

test('with several nodes it resolves when each connected one has applied it', async () => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node()];
  const client = await world.client([a, b]);
  await world.settle();
  b.scripts.set(SUBSCRIBE, silent);
  const pending = client.subscribe('t', ANSWER);
  const state = watch(pending);
  await world.settle();
  expect(a.session.topics).toEqual(new Set(['t']));
  expect(state.open).toBe(true);
  acknowledge(b.session, b.session.last(SUBSCRIBE));
  await world.run(pending);
});

test('a node that is lost meanwhile is not waited for', async () => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node()];
  const client = await world.client([a, b]);
  await world.settle();
  b.scripts.set(SUBSCRIBE, silent);
  const pending = client.subscribe('t', ANSWER);
  await world.settle();
  world.network.links[1]?.reset();
  await world.run(pending);
});

test('on an original node it resolves when getNodeInfo shows the topic', async () => {
  const world = new World();
  const node = await world.node('original');
  const client = await world.client([node]);
  node.looksUntilShown = 3;
  const pending = client.subscribe('t', ANSWER);
  const state = watch(pending);
  await world.settle();
  expect(node.session.of(SUBSCRIBE)).toHaveLength(1);
  expect(new TextDecoder().decode(node.session.last(SUBSCRIBE).data)).toBe('["t"]');
  expect(state.open).toBe(true);
  await world.run(pending, 200);
  expect(node.session.of(RPC)).toHaveLength(4);
});

test('an original node that never shows the topic did not take it', async () => {
  const world = new World();
  const node = await world.node('original');
  const client = await world.client([node]);
  node.looksUntilShown = 1_000;
  const pending = client.subscribe('t', ANSWER, { timeoutMs: 20_000 });
  expect(await rejection(world.run(pending, 6_000))).toMatchObject({
    code: 'AMOP_CLIENT_SUBSCRIBE_FAILED',
    details: { reason: 'not-confirmed', topic: 't', retryable: true },
  });
});

test('an original node that answers no getNodeInfo is believed', async () => {
  const world = new World();
  const node = await world.node('original');
  const client = await world.client([node]);
  node.scripts.set(RPC, (frame, session) =>
    session.send(RPC, frame.seq, new TextEncoder().encode('{"error":{"code":-40012},"id":1}')),
  );
  await world.run(client.subscribe('t', ANSWER));
  expect(world.logger.entries.some((entry) => entry.message.includes('not confirmed'))).toBe(true);
});

test('a refused subscription rejects with the reason and leaves nothing, on no node', async () => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node()];
  const client = await world.client([a, b]);
  await world.settle();
  b.refuses.set('t', 'too-many-topics');
  expect(await rejection(world.run(client.subscribe('t', ANSWER)))).toMatchObject({
    code: 'AMOP_CLIENT_SUBSCRIBE_FAILED',
    message: expect.stringContaining('too-many-topics'),
    details: { reason: 'too-many-topics', node: b.nodeId, hop: 'node', topic: 't' },
  });
  await world.settle();
  expect(a.session.topics.size).toBe(0);
  expect(client.counters()).toMatchObject({ subscribedTopics: 0 });
  b.refuses.clear();
  await world.run(client.subscribe('t', ANSWER));
});

test.each([
  ['', 'empty'],
  ['a\tb', 'control-character'],
  ['é'.repeat(128), 'too-long'],
  ['\ud800', 'not-well-formed'],
  ['#!$TopicNeedVerify_x', 'reserved-prefix'],
  ['#!$PushChannel_x', 'reserved-prefix'],
  ['_block_notify_1', 'reserved-prefix'],
])('the topic %j is refused before a byte leaves (D-27)', async (topic, reason) => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const before = client.counters().bytesSent;
  const calls = [client.subscribe(topic), client.request(topic, ''), client.publish(topic, '')];
  for (const call of calls) {
    expect(await rejection(call)).toMatchObject({
      code: 'AMOP_CLIENT_TOPIC',
      details: { reason, maybeDelivered: 'no', retryable: false },
    });
  }
  await world.settle();
  expect(client.counters().bytesSent).toBe(before);
});

test('without a node it waits for one; at the deadline nothing of it is left', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  world.network.links[0]?.reset();
  await world.settle();
  await world.run(client.subscribe('early', ANSWER), 200);
  expect(node.session.topics).toEqual(new Set(['early']));

  await node.stop();
  world.network.links[1]?.reset();
  await world.settle();
  const pending = client.subscribe('late', ANSWER, { timeoutMs: 500 });
  expect(await rejection(world.run(pending, 600))).toMatchObject({
    code: 'AMOP_CLIENT_NOT_CONNECTED',
    details: { topic: 'late', retryable: true },
  });
  expect(client.counters()).toMatchObject({ subscribedTopics: 1 });
});

test('a node that does not confirm in time: the subscription is taken back', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(SUBSCRIBE, silent);
  const pending = client.subscribe('t', ANSWER, { timeoutMs: 500 });
  expect(await rejection(world.run(pending, 600))).toMatchObject({
    code: 'AMOP_CLIENT_TIMEOUT',
    details: { topic: 't', reason: 'not-confirmed' },
  });
  await world.settle();
  expect(parseSubscribe(node.session.last(SUBSCRIBE).data)).toMatchObject({ remove: ['t'] });
});

test('a node that never speaks about a change any more is connected to anew', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(SUBSCRIBE, silent);
  const pending = client.subscribe('t', ANSWER, { timeoutMs: 60_000 });
  await world.pass(29_800);
  expect(client.counters()).toMatchObject({ connects: 1, disconnects: 0 });
  node.scripts.delete(SUBSCRIBE);
  await world.run(pending, 600);
  expect(client.counters()).toMatchObject({ connects: 2, disconnects: 1 });
  expect(node.session.topics).toEqual(new Set(['t']));
});

test('a signal ends the wait and the subscription', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(SUBSCRIBE, silent);
  const controller = new AbortController();
  const pending = client.subscribe('t', ANSWER, { signal: controller.signal });
  await world.settle();
  controller.abort();
  expect(await rejection(world.run(pending))).toMatchObject({ code: 'AMOP_CLIENT_ABORTED' });
  expect(client.counters()).toMatchObject({ subscribedTopics: 0 });
  const { signal } = controller;
  expect(await rejection(client.subscribe('t', { signal }))).toMatchObject({
    code: 'AMOP_CLIENT_ABORTED',
  });
  expect(client.counters()).toMatchObject({ subscribedTopics: 0 });
});

test.each(['ours', 'original'] as const)(
  'a thousand subscriptions of one turn are one frame (%s)',
  async (kind) => {
    const world = new World();
    const node = await world.node(kind);
    const client = await world.client([node]);
    const topics = Array.from({ length: 1_000 }, (_, index) => `t${index}`);
    await world.run(Promise.all(topics.map((topic) => client.subscribe(topic, ANSWER))));
    expect(node.session.of(SUBSCRIBE)).toHaveLength(1);
    expect([...node.session.topics]).toEqual(topics);
  },
);

test('twenty thousand are a few frames', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const topics = Array.from({ length: 20_000 }, (_, index) => `t${index}`);
  await world.run(Promise.all(topics.map((topic) => client.subscribe(topic, ANSWER))));
  expect(node.session.of(SUBSCRIBE)).toHaveLength(3);
  expect(node.session.topics.size).toBe(20_000);
});

test('a delta names only what changed', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.run(client.subscribe('a', ANSWER));
  await world.run(client.subscribe('b', ANSWER));
  await world.run(client.unsubscribe('a'));
  const changes = node.session.of(SUBSCRIBE).map((frame) => parseSubscribe(frame.data));
  expect(changes).toEqual([
    { kind: 'delta', add: ['a'], remove: [], refused: [] },
    { kind: 'delta', add: ['b'], remove: [], refused: [] },
    { kind: 'delta', add: [], remove: ['a'], refused: [] },
  ]);
});

test('unsubscribe resolves when the node has applied it', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const subscription = await world.run(client.subscribe('t', ANSWER));
  node.scripts.set(SUBSCRIBE, silent);
  const pending = subscription.unsubscribe();
  const state = watch(pending);
  await world.settle();
  expect(state.open).toBe(true);
  acknowledge(node.session, node.session.last(SUBSCRIBE));
  await world.run(pending);
  await world.run(subscription.unsubscribe());
  expect(node.session.of(SUBSCRIBE)).toHaveLength(2);
});

test.each(['ours', 'original'] as const)(
  'a topic leaves the node with its last subscription (%s)',
  async (kind) => {
    const world = new World();
    const node = await world.node(kind);
    const client = await world.client([node]);
    const first = await world.run(client.subscribe('t', ANSWER));
    const second = await world.run(client.subscribe('t', ANSWER));
    expect(node.session.of(SUBSCRIBE)).toHaveLength(1);
    await world.run(first.unsubscribe());
    expect(node.session.topics.has('t')).toBe(true);
    await world.run(second.unsubscribe());
    expect(node.session.topics.has('t')).toBe(false);
  },
);

test.each(['ours', 'original'] as const)(
  'unsubscribing and subscribing again crosses nothing (%s)',
  async (kind) => {
    const world = new World();
    const node = await world.node(kind);
    const client = await world.client([node]);
    const first = await world.run(client.subscribe('t', ANSWER));
    const ended = first.unsubscribe();
    const again = client.subscribe('t', ANSWER);
    await world.run(Promise.all([ended, again]), 100);
    expect(node.session.topics).toEqual(new Set(['t']));

    const endedLater = (await again).unsubscribe();
    world.scheduler.runTurn();
    const last = client.subscribe('t', ANSWER);
    await world.run(Promise.all([endedLater, last]), 100);
    expect(node.session.topics).toEqual(new Set(['t']));
  },
);

test('unsubscribing a topic ends a subscribe that waits', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(SUBSCRIBE, silent);
  const pending = client.subscribe('t', ANSWER);
  await world.settle();
  const ended = client.unsubscribe('t');
  expect(await rejection(pending)).toMatchObject({
    code: 'AMOP_CLIENT_SUBSCRIBE_FAILED',
    details: { reason: 'unsubscribed' },
  });
  for (const frame of node.session.of(SUBSCRIBE)) acknowledge(node.session, frame);
  await world.settle();
  for (const frame of node.session.of(SUBSCRIBE)) acknowledge(node.session, frame);
  await world.run(ended);
});

test('an answer to a subscription that is none ends the connection', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(SUBSCRIBE, (frame, session) => {
    session.send(SUBSCRIBE, frame.seq, new TextEncoder().encode('yes'));
    node.scripts.clear();
  });
  await world.run(client.subscribe('t', ANSWER), 400);
  expect(client.counters()).toMatchObject({ connects: 2, disconnects: 1 });
});

test('a change that the node answers with a result is refused with it', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(SUBSCRIBE, (frame, session) =>
    session.send(SUBSCRIBE, frame.seq, new Uint8Array(0), 105),
  );
  expect(await rejection(world.run(client.subscribe('t', ANSWER)))).toMatchObject({
    code: 'AMOP_CLIENT_SUBSCRIBE_FAILED',
    details: { reason: 'result-105' },
  });
});

test('a topic that some original SDKs cannot use is warned of', async () => {
  const world = new World();
  const client = await world.client([await world.node()]);
  await world.run(client.subscribe('x'.repeat(126), ANSWER));
  expect(world.logger.entries.filter(({ level }) => level === 'warn')).toEqual([]);
  await world.run(client.subscribe('x'.repeat(127), ANSWER));
  expect(world.logger.entries.filter(({ level }) => level === 'warn')).toMatchObject([
    { details: { bytes: 127 } },
  ]);
});
