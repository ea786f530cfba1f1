import { BoundKind, boundKind, ChannelType, readAmopBody } from '@amop/codec';
import { expect, test } from 'vitest';
import { PrivateScene } from '../../support/private-scene.ts';
import type { ScriptedSubscriber } from '../../support/scripted-subscriber.ts';
import { rejection } from '../../support/world.ts';

const { multicast: MULTICAST, request: REQUEST } = ChannelType;

async function scene(count: number): Promise<{
  scene: PrivateScene;
  subscribers: ScriptedSubscriber[];
  topic: Awaited<ReturnType<PrivateScene['open']>>;
}> {
  const scene = new PrivateScene();
  await scene.connect();
  const subscribers = Array.from({ length: count }, () => scene.subscriber());
  const topic = await scene.open(subscribers);
  await scene.prove(...subscribers);
  return { scene, subscribers, topic };
}

test('up to eight get a sealed message each, and a gone one does not matter', async () => {
  const { scene: s, subscribers, topic } = await scene(8);
  s.subscribers.shift();
  await s.world.run(topic.publish('news'));
  expect(subscribers.map((each) => each.texts('multicast'))).toEqual([
    [],
    ...Array.from({ length: 7 }, () => ['news']),
  ]);
  expect(s.node.session.of(MULTICAST)).toEqual([]);
  expect(s.client.counters()).toMatchObject({ publishes: 1, publishAcks: 1, pendingCalls: 0 });
});

test('copies for one subscriber with two routes begin with the same ID', async () => {
  const s = new PrivateScene();
  await s.connect();
  const first = s.subscriber();
  const second = s.subscriber({ privateKey: first.privateKey });
  const topic = await s.open([first]);
  await s.prove(first, second);
  const bodies: string[] = [];
  for (const each of [first, second]) {
    const [seal] = each.seals.values();
    if (seal === undefined) throw new Error('no seal');
    const open = seal.open.bind(seal);
    seal.open = (content) => {
      const message = open(content);
      if (typeof message === 'object') bodies.push(Buffer.from(message.body).toString('latin1'));
      return message;
    };
  }
  await s.world.run(topic.publish('one'));
  await s.world.run(topic.publish('two'));
  expect(bodies).toHaveLength(4);
  expect(new Set(bodies).size).toBe(2);
});

test('connections of one key count once: nobody brings an epoch about by having many', async () => {
  const { scene: s, subscribers, topic } = await scene(8);
  const [many] = subscribers;
  if (many === undefined) throw new Error('nobody');
  const again = Array.from({ length: 5 }, () => s.subscriber({ privateKey: many.privateKey }));
  await s.prove(...again);
  await s.world.run(topic.publish('news'));
  for (const each of [...subscribers, ...again]) expect(each.texts('multicast')).toEqual(['news']);
  expect(s.onTopic).toEqual([]);
});

test('more than eight share an epoch: its key once each, then one frame on the topic', async () => {
  const { scene: s, subscribers, topic } = await scene(12);
  await s.world.run(topic.publish('one'));
  await s.world.run(topic.publish('two'));
  for (const each of subscribers) {
    expect(each.texts('epoch')).toEqual(['one', 'two']);
    expect(each.texts('epochKey')).toHaveLength(1);
    expect(each.texts('multicast')).toEqual([]);
  }
  expect(s.onTopic.map(boundKind)).toEqual([BoundKind.epoch, BoundKind.epoch]);
  const [first] = subscribers;
  if (first === undefined) throw new Error('nobody');
  const late = s.subscriber({ privateKey: first.privateKey });
  await s.prove(late);
  await s.world.run(topic.publish('three'));
  expect(late.texts('epoch')).toEqual(['three']);
  expect(subscribers[0]?.texts('epochKey')).toHaveLength(1);
});

test('who is not let have the topic gets a message of its own', async () => {
  const { scene: s, subscribers, topic } = await scene(9);
  const [only] = subscribers;
  if (only === undefined) throw new Error('nobody');
  // Proved because somebody was looking for it, and its node has not asked.
  const key = s.subscriber();
  topic.allow(key.key);
  await s.prove(key);
  await topic.revoke(key.key);
  topic.allow(key.key);
  await s.world.settle();
  await s.world.run(topic.publish('news'));
  expect(key.texts('multicast')).toEqual(['news']);
  expect(key.texts('epoch')).toEqual([]);
  expect(only.texts('epoch')).toEqual(['news']);
});

test('an epoch ends after ten minutes', async () => {
  const { scene: s, subscribers, topic } = await scene(9);
  await s.world.run(topic.publish('one'));
  await s.world.pass(540_000, 5_000);
  await s.world.run(topic.publish('two'));
  expect(subscribers[0]?.epochs.size).toBe(1);
  await s.world.pass(90_000, 5_000);
  await s.world.run(topic.publish('three'));
  expect(subscribers[0]?.epochs.size).toBe(2);
  expect(subscribers[0]?.texts('epoch')).toEqual(['one', 'two', 'three']);
});

test('a publish that its caller ends, or that cannot be written, says so', async () => {
  const { scene: s, topic } = await scene(2);
  s.node.scripts.set(REQUEST, () => {});
  const controller = new AbortController();
  const pending = topic.publish('x', { signal: controller.signal });
  await s.world.settle();
  controller.abort();
  expect(await rejection(s.world.run(pending))).toMatchObject({ code: 'AMOP_CLIENT_ABORTED' });
  expect(await rejection(s.world.run(topic.publish('x', { timeoutMs: 100 }), 200))).toMatchObject({
    code: 'AMOP_CLIENT_TIMEOUT',
  });
});

test('a member that does not take the key keeps the others for two seconds, once an epoch', async () => {
  const { scene: s, subscribers, topic } = await scene(10);
  const [silent, ...others] = subscribers;
  if (silent === undefined) throw new Error('nobody');
  const usual = s.node.scripts.get(REQUEST);
  s.node.scripts.set(REQUEST, (frame, session) => {
    if (readAmopBody(frame.data).topic !== silent.route) usual?.(frame, session);
  });
  const first = topic.publish('one');
  await s.world.pass(2_100);
  expect(others.map((each) => each.texts('epoch'))).toEqual(others.map(() => ['one']));
  // It has its own message, which nothing answers: that does not fail the others.
  await s.world.run(first, 3_000);
  const second = topic.publish('two', { timeoutMs: 300 });
  await s.world.settle();
  expect(others.map((each) => each.texts('epoch'))).toEqual(others.map(() => ['one', 'two']));
  await s.world.run(second, 400);
});
