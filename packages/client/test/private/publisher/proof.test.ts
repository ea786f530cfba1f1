import { ChannelType, challengeRoute, createBoundRouteId, payloadTopic } from '@amop/codec';
import { expect, test } from 'vitest';
import { FAR_NODE, PrivateScene } from '../../support/private-scene.ts';

const { request: REQUEST, topicStatus: STATUS, verifyTopic: VERIFY } = ChannelType;

test('the marker is on every connection while the topic is open', async () => {
  const scene = new PrivateScene();
  await scene.connect(['ours', 'original']);
  const topic = await scene.open([scene.subscriber()]);
  for (const node of scene.nodes) {
    expect([...node.session.topics]).toEqual([`#!$PushChannel_${scene.payload}`]);
  }
  await scene.world.run(topic.close(), 200);
  for (const node of scene.nodes) expect([...node.session.topics]).toEqual([]);
});

test('a question is heard at once and ends with the route proven', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  const seq = await scene.ask(subscriber);
  const ack = scene.node.session.last(VERIFY);
  expect(ack.seq).toEqual(seq);
  expect(ack.data).toEqual(new Uint8Array(0));
  expect(scene.statuses).toEqual([
    { checkResult: 0, nodeId: FAR_NODE, topic: scene.payload, topicForCert: subscriber.route },
  ]);
  expect(topic.subscribers()).toMatchObject([
    { key: subscriber.key, node: FAR_NODE, proof: 'bound', route: subscriber.route.slice(-8) },
  ]);
  expect(scene.proofs).toEqual([
    { topic: 'orders', node: FAR_NODE, key: subscriber.key, outcome: 'succeeded' },
  ]);
  expect(scene.client.counters()).toMatchObject({ proofs: 1, proofFailures: 0, requests: 0 });
});

test('an original node is told no route, and nothing of one that is not accepted', async () => {
  const scene = new PrivateScene();
  await scene.connect(['original']);
  const [stranger, friend] = [scene.subscriber(), scene.subscriber()];
  await scene.open([friend]);
  scene.subscribers.pop();
  await scene.prove(stranger);
  expect(scene.statuses).toEqual([]);
  scene.subscribers.push(friend);
  await scene.prove(friend);
  expect(scene.statuses).toEqual([{ checkResult: 0, nodeId: FAR_NODE, topic: scene.payload }]);
});

test('a key that is not allowed is told to our node, with the route', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const [friend, stranger] = [scene.subscriber(), scene.subscriber()];
  const topic = await scene.open([friend]);
  await scene.prove(stranger);
  expect(scene.statuses).toMatchObject([{ checkResult: 1, topicForCert: stranger.route }]);
  expect(scene.proofs).toMatchObject([
    { outcome: 'failed', reason: 'key-not-allowed', key: stranger.key },
  ]);
  expect(topic.subscribers()).toEqual([]);
});

test('a subscriber that does not trust the publisher proves nothing', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const wary = scene.subscriber({ publishers: [scene.subscriber().privateKey.publicKey()] });
  const topic = await scene.open([wary]);
  await scene.prove(wary);
  expect(scene.proofs).toMatchObject([
    { outcome: 'failed', reason: 'refused-publisher-not-allowed' },
  ]);
  expect(topic.subscribers()).toEqual([]);
});

test('the question for a route of another topic, or of none, is heard and nothing more', async () => {
  const scene = new PrivateScene('T1');
  await scene.connect();
  const subscriber = scene.subscriber();
  await scene.open([subscriber]);
  const longer = payloadTopic('T10');
  const id = createBoundRouteId(scene.world.random.bytes(16));
  const before = scene.client.counters().ignoredFrames;
  const route = challengeRoute({ payload: longer, id });
  await scene.ask({ route, nodeId: FAR_NODE });
  await scene.ask({ route, nodeId: FAR_NODE }, scene.node, longer);
  await scene.ask(subscriber, scene.node, longer);
  await scene.ask({ route: `${subscriber.route}0`, nodeId: FAR_NODE });
  await scene.ask({ route: subscriber.route, nodeId: 'f00d' });
  expect(scene.node.session.of(VERIFY)).toHaveLength(5);
  expect(scene.node.session.of(REQUEST)).toEqual([]);
  expect(scene.node.session.of(STATUS)).toEqual([]);
  expect(scene.client.counters().ignoredFrames).toBe(before + 5);
});

test('the offer goes by the connection that asked, whichever is preferred', async () => {
  const scene = new PrivateScene();
  await scene.connect(['ours', 'ours']);
  const subscriber = scene.subscriber();
  await scene.open([subscriber]);
  const [first, second] = scene.nodes;
  await scene.ask(subscriber, second);
  expect(first?.session.of(REQUEST)).toEqual([]);
  expect(second?.session.of(REQUEST)).toHaveLength(1);
});

test('the question of a second connection is answered from the proof of the first', async () => {
  const scene = new PrivateScene();
  await scene.connect(['ours', 'ours']);
  const subscriber = scene.subscriber();
  await scene.open([subscriber]);
  await scene.ask(subscriber);
  await scene.ask(subscriber, scene.nodes[1]);
  expect(scene.statuses).toHaveLength(2);
  expect(subscriber.contents).toHaveLength(1);
});

test('a route that is proven at one node is not asked for at another', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  await scene.open([subscriber]);
  await scene.ask(subscriber);
  const liar = { route: subscriber.route, nodeId: 'e'.repeat(128) };
  await scene.ask(liar);
  expect(subscriber.contents).toHaveLength(1);
  expect(scene.statuses.at(-1)).toMatchObject({ checkResult: 1, nodeId: liar.nodeId });
  expect(scene.proofs.at(-1)).toMatchObject({ outcome: 'failed', reason: 'route-of-another-node' });
  // An original SDK has one route on all of its connections (spec 7): both count.
  const other = new PrivateScene();
  await other.connect();
  const java = other.subscriber({ original: true });
  const topic = await other.open([java], { proof: 'either' });
  await other.ask(java);
  await other.ask({ route: java.route, nodeId: liar.nodeId });
  expect(topic.subscribers()).toHaveLength(2);
});

test('a proof is renewed after five minutes and dead after ten', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const [loyal, gone] = [scene.subscriber(), scene.subscriber()];
  const topic = await scene.open([loyal, gone]);
  await scene.prove(loyal, gone);
  scene.subscribers.splice(1, 1);
  await scene.world.pass(290_000, 5_000);
  expect(loyal.contents).toHaveLength(1);
  await scene.world.pass(20_000, 5_000);
  expect(loyal.contents).toHaveLength(2);
  expect(topic.subscribers()).toHaveLength(2);
  await scene.world.pass(300_000, 5_000);
  expect(topic.subscribers()).toMatchObject([{ key: loyal.key }]);
  expect(scene.proofs).toContainEqual({
    topic: 'orders',
    node: FAR_NODE,
    key: gone.key,
    outcome: 'expired',
    reason: 'not-renewed',
  });
  expect(scene.statuses.at(-1)).toMatchObject({ checkResult: 1, topicForCert: gone.route });
});

test('our node says that a route is gone; an original node may not', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  await scene.prove(subscriber);
  const data = new TextEncoder().encode(
    JSON.stringify({
      checkResult: 1,
      nodeId: FAR_NODE,
      topic: scene.payload,
      topicForCert: subscriber.route,
    }),
  );
  scene.node.session.send(STATUS, new Uint8Array(32).fill(48), data);
  await scene.world.settle();
  expect(topic.subscribers()).toEqual([]);
  expect(scene.proofs.at(-1)).toMatchObject({ outcome: 'expired', reason: 'route-gone' });

  const other = new PrivateScene();
  await other.connect(['original']);
  const kept = other.subscriber();
  const open = await other.open([kept]);
  await other.prove(kept);
  other.node.session.send(STATUS, new Uint8Array(32).fill(48), data);
  await other.world.settle();
  expect(open.subscribers()).toHaveLength(1);
});

test('a node that comes back finds the proof as it was', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  await scene.prove(subscriber);
  scene.node.session.connection.destroy();
  await scene.world.settle();
  expect(topic.subscribers()).toEqual([]);
  await scene.world.pass(1_000);
  await scene.ask(subscriber);
  expect(topic.subscribers()).toHaveLength(1);
  expect(subscriber.contents).toHaveLength(1);
});

test('a proof that failed by itself is tried again, and more and more seldom', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  scene.subscribers.length = 0;
  await scene.ask(subscriber);
  expect(scene.proofs).toMatchObject([{ outcome: 'failed', reason: 'no-subscriber' }]);
  expect(scene.statuses).toEqual([]);
  await scene.world.pass(60_000, 5_000);
  expect(scene.proofs.length).toBeGreaterThan(2);
  expect(scene.proofs.length).toBeLessThan(6);
  scene.subscribers.push(subscriber);
  await scene.world.pass(60_000, 5_000);
  expect(topic.subscribers()).toHaveLength(1);
});

test('64 proofs are under way at once, 16 of one node; the others wait', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscribers = Array.from({ length: 70 }, (_, index) =>
    scene.subscriber({ nodeId: `${index % 5}`.repeat(128) }),
  );
  const topic = await scene.open(subscribers);
  scene.node.scripts.set(REQUEST, () => {});
  for (const each of subscribers) await scene.ask(each);
  expect(scene.node.session.of(REQUEST)).toHaveLength(64);
  for (const frame of scene.node.session.of(REQUEST).slice(0, 6)) {
    scene.answer(scene.node.session, frame, undefined);
  }
  await scene.world.settle();
  expect(scene.node.session.of(REQUEST)).toHaveLength(70);
  expect(topic.subscribers()).toEqual([]);
  for (const frame of scene.node.session.of(REQUEST).slice(6)) {
    scene.answer(scene.node.session, frame, undefined);
  }
  await scene.world.settle();
  const more = Array.from({ length: 20 }, () => scene.subscriber());
  for (const each of more) await scene.ask(each);
  expect(scene.node.session.of(REQUEST)).toHaveLength(86);
});

test('no more routes are kept than a topic may have, and none of the proven goes', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  await scene.prove(subscriber);
  for (let route = 0; route < 1_100; route++) {
    const id = route.toString(16).padStart(32, '0');
    const name = challengeRoute({ payload: scene.payload, id });
    await scene.ask({ route: name, nodeId: FAR_NODE });
  }
  expect(topic.subscribers()).toMatchObject([{ key: subscriber.key }]);
});

test('without topics, no timer runs; after close none either', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  await scene.world.pass(1_000);
  const idle = scene.world.clock.timers;
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  await scene.prove(subscriber);
  await scene.world.pass(1_000);
  expect(scene.world.clock.timers).toBe(idle + 1);
  await scene.world.run(topic.close());
  await scene.world.pass(6_000, 1_000);
  expect(scene.world.clock.timers).toBe(idle);
});
