import { ChannelType, challengeRoute, createBoundRouteId } from '@amop/codec';
import { expect, test } from 'vitest';
import { FAR_NODE, PrivateScene } from '../../support/private-scene.ts';
import { rejection } from '../../support/world.ts';

const { multicast: MULTICAST, request: REQUEST, rpc: RPC } = ChannelType;

test('behind an original node every route is found, also those of its own subscribers', async () => {
  const scene = new PrivateScene();
  await scene.connect(['original']);
  const far = [scene.subscriber(), scene.subscriber(), scene.subscriber()];
  const near = scene.subscriber({ nodeId: scene.node.nodeId });
  const topic = await scene.open([...far, near]);
  expect(topic.subscribers()).toHaveLength(4);
  // It had not asked, so it was told nothing.
  expect(scene.statuses).toEqual([]);
  const late = scene.subscriber({ privateKey: near.privateKey });
  await scene.world.pass(4_800, 100);
  expect(late.contents).toHaveLength(1);
  expect(topic.subscribers()).toHaveLength(5);
});

test('a question makes it look at once', async () => {
  const scene = new PrivateScene();
  await scene.connect(['original']);
  const topic = await scene.open([scene.subscriber()]);
  const first = scene.subscribers[0];
  if (first === undefined) throw new Error('nobody');
  const second = scene.subscriber({ privateKey: first.privateKey });
  await scene.ask(first);
  expect(second.contents).toHaveLength(1);
  expect(topic.subscribers()).toHaveLength(2);
});

test('the proof of another route opens the topic that the node asked for', async () => {
  const scene = new PrivateScene();
  await scene.connect(['original']);
  const stranger = scene.subscriber();
  const friend = scene.subscriber();
  await scene.open([friend]);
  expect(scene.statuses).toEqual([]);
  await scene.ask(stranger);
  expect(scene.statuses).toEqual([{ checkResult: 0, nodeId: FAR_NODE, topic: scene.payload }]);
});

test('a route that is not listed any more counts no longer', async () => {
  const scene = new PrivateScene();
  await scene.connect(['original']);
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  expect(topic.subscribers()).toHaveLength(1);
  scene.subscribers.length = 0;
  await scene.world.pass(5_200, 100);
  expect(topic.subscribers()).toEqual([]);
  expect(scene.proofs.at(-1)).toMatchObject({ outcome: 'expired', reason: 'route-gone' });
});

test('a node that hides routes, or names others, only makes that there is no subscriber', async () => {
  const scene = new PrivateScene();
  await scene.connect(['original']);
  const subscriber = scene.subscriber();
  scene.subscribers.length = 0;
  const topic = await scene.open([subscriber]);
  // Its own routes in place of the real one: bound, original, and one that it makes up.
  const id = createBoundRouteId(scene.world.random.bytes(16));
  await scene.ask({ route: challengeRoute({ payload: scene.payload, id }), nodeId: FAR_NODE });
  const uuid = '0123456789ab4def0123456789abcdef';
  await scene.ask({
    route: challengeRoute({ payload: scene.payload, id: uuid }),
    nodeId: FAR_NODE,
  });
  expect(topic.subscribers()).toEqual([]);
  expect(await rejection(topic.request('secret'))).toMatchObject({
    code: 'AMOP_CLIENT_NO_SUBSCRIBER',
  });
  await scene.world.run(topic.publish('secret'));
  expect(scene.node.session.of(MULTICAST)).toEqual([]);
  const bodies = scene.node.session.of(REQUEST).map(({ data }) => new TextDecoder().decode(data));
  expect(bodies.filter((body) => body.includes('secret'))).toEqual([]);
});

test('a node that relays the offer to the subscriber of another node gets no proof', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const victim = scene.subscriber({ nodeId: 'd'.repeat(128) });
  const topic = await scene.open([victim]);
  // The node in the middle lists the victim's route as its own.
  await scene.ask({ route: victim.route, nodeId: FAR_NODE });
  expect(victim.contents).toHaveLength(1);
  expect(topic.subscribers()).toEqual([]);
  expect(scene.proofs).toMatchObject([{ outcome: 'failed', reason: 'refused-other-node' }]);
});

test('an answer that somebody on the way changed proves nothing', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  const usual = scene.node.scripts.get(REQUEST);
  scene.node.scripts.set(REQUEST, (frame, session) => {
    void subscriber.answer(frame.data.slice(frame.data[0])).then((answer) => {
      const changed = answer?.slice();
      if (changed !== undefined) changed[80] = (changed[80] ?? 0) ^ 1;
      scene.answer(session, frame, changed);
    });
  });
  await scene.ask(subscriber);
  expect(topic.subscribers()).toEqual([]);
  expect(scene.proofs).toMatchObject([{ outcome: 'failed', reason: 'bad-proof' }]);
  if (usual !== undefined) scene.node.scripts.set(REQUEST, usual);
  await scene.ask(subscriber);
  expect(topic.subscribers()).toHaveLength(1);
});

test('a node that answers no list is asked again, one question at a time', async () => {
  const scene = new PrivateScene();
  await scene.connect(['original']);
  const topic = await scene.open([scene.subscriber()]);
  await scene.world.pass(6_000, 100);
  const usual = scene.node.scripts.get(RPC);
  scene.node.scripts.set(RPC, () => {});
  const before = scene.node.session.of(RPC).length;
  await scene.world.pass(30_000, 500);
  expect(scene.node.session.of(RPC).length - before).toBeLessThanOrEqual(14);
  if (usual !== undefined) scene.node.scripts.set(RPC, usual);
  await scene.world.pass(6_000, 500);
  expect(topic.subscribers()).toHaveLength(1);
});
