import { type ChannelFrame, ChannelType, readAmopBody } from '@amop/codec';
import { sign } from '@amop/crypto';
import { expect, test } from 'vitest';
import { PrivateScene } from '../../support/private-scene.ts';
import type { ScriptedSubscriber } from '../../support/scripted-subscriber.ts';
import { rejection } from '../../support/world.ts';

const { multicast: MULTICAST, request: REQUEST, topicStatus: STATUS } = ChannelType;
const JUNK = new Uint8Array(65);

/** A proven subscriber whose route may have changed hands: from here on the test answers for it. */
async function proven(options: { original?: boolean; kind?: 'ours' | 'original' } = {}): Promise<{
  scene: PrivateScene;
  owner: ScriptedSubscriber;
  topic: Awaited<ReturnType<PrivateScene['open']>>;
  challenges: ChannelFrame[];
}> {
  const scene = new PrivateScene();
  await scene.connect([options.kind ?? 'ours']);
  const owner = scene.subscriber({ original: options.original ?? true });
  const topic = await scene.open([owner], { proof: 'either' });
  await scene.prove(owner);
  expect(topic.subscribers()).toHaveLength(1);
  const challenges: ChannelFrame[] = [];
  const usual = scene.node.scripts.get(REQUEST);
  scene.node.scripts.set(REQUEST, (frame, session) => {
    if (readAmopBody(frame.data).topic === owner.route) challenges.push(frame);
    else usual?.(frame, session);
  });
  return { scene, owner, topic, challenges };
}

function signed(owner: ScriptedSubscriber, frame: ChannelFrame | undefined): Uint8Array {
  if (frame === undefined) throw new Error('no challenge');
  return sign(readAmopBody(frame.data).content, owner.privateKey);
}

test('plain text waits for the new proof of a route that a node of ours asks about again', async () => {
  const { scene, owner, topic, challenges } = await proven();
  await scene.ask(owner);
  expect(challenges).toHaveLength(1);
  expect(scene.statuses).toHaveLength(1);
  expect(topic.subscribers()).toEqual([]);
  await scene.world.run(topic.publish('secret'));
  expect(await rejection(topic.request('secret'))).toMatchObject({
    code: 'AMOP_CLIENT_NO_SUBSCRIBER',
  });
  expect(scene.node.session.of(MULTICAST)).toEqual([]);
  for (const frame of challenges.splice(0)) {
    scene.answer(scene.node.session, frame, signed(owner, frame));
  }
  await scene.world.settle();
  expect(scene.statuses.map(({ checkResult }) => checkResult)).toEqual([0, 0]);
  expect(topic.subscribers()).toHaveLength(1);
  await scene.world.run(topic.publish('news'));
  expect(owner.texts('plain')).toEqual(['news']);
});

test('who has the route now and no key, or says nothing, inherits nothing', async () => {
  for (const how of ['wrong', 'silent'] as const) {
    const { scene, owner, topic, challenges } = await proven();
    await scene.ask(owner);
    const [challenge] = challenges;
    if (how === 'wrong' && challenge) scene.answer(scene.node.session, challenge, JUNK);
    await scene.world.pass(how === 'wrong' ? 20 : 6_000, 500);
    expect(scene.statuses.slice(1)).toMatchObject([{ checkResult: 1, topicForCert: owner.route }]);
    expect(scene.proofs.at(-1)).toMatchObject({ outcome: 'expired', key: owner.key });
    expect(topic.subscribers()).toEqual([]);
    await scene.world.run(topic.publish('secret'));
    expect(scene.node.session.of(MULTICAST)).toEqual([]);
  }
});

test('a challenge that was under way when a node asked does not answer it', async () => {
  const { scene, owner, topic, challenges } = await proven();
  await scene.ask(owner);
  // The owner signs, then another session gets the route.
  await scene.ask(owner);
  const [first] = challenges;
  if (first) scene.answer(scene.node.session, first, signed(owner, first));
  await scene.world.settle();
  expect(challenges).toHaveLength(2);
  expect(scene.statuses).toHaveLength(1);
  expect(topic.subscribers()).toEqual([]);
  const second = challenges[1];
  if (second) scene.answer(scene.node.session, second, JUNK);
  await scene.world.settle();
  expect(scene.statuses.slice(1)).toMatchObject([{ checkResult: 1 }]);
  expect(topic.subscribers()).toEqual([]);
});

test('each node that asks is told by a challenge of its own, as it alone knows where it went', async () => {
  const scene = new PrivateScene();
  await scene.connect(['ours', 'ours', 'ours']);
  const owner = scene.subscriber({ original: true });
  await scene.open([owner], { proof: 'original' });
  const challenges: { at: number; frame: ChannelFrame }[] = [];
  for (const [at, node] of scene.nodes.entries()) {
    node.scripts.set(REQUEST, (frame) => challenges.push({ at, frame }));
  }
  for (const node of scene.nodes) await scene.ask(owner, node);
  const isTold = (at: number): boolean => scene.nodes[at]?.session.of(STATUS).length === 1;
  for (const at of [0, 1, 2]) {
    expect(challenges.map((challenge) => challenge.at)).toEqual([at]);
    expect([0, 1, 2].filter(isTold)).toHaveLength(at);
    const [challenge] = challenges.splice(0);
    const session = scene.nodes[at]?.session;
    if (challenge && session)
      scene.answer(session, challenge.frame, signed(owner, challenge.frame));
    await scene.world.settle();
    expect(isTold(at)).toBe(true);
  }
  expect(scene.statuses.map(({ checkResult }) => checkResult)).toEqual([0, 0, 0]);
  expect(challenges).toEqual([]);
});

test('an original node that asks again has the subscriber challenged again too', async () => {
  const { scene, owner, topic, challenges } = await proven({ kind: 'original' });
  await scene.ask(owner);
  expect(challenges).toHaveLength(1);
  expect(scene.statuses).toHaveLength(1);
  expect(topic.subscribers()).toHaveLength(1);
  const [challenge] = challenges;
  if (challenge) scene.answer(scene.node.session, challenge, JUNK);
  await scene.world.settle();
  expect(topic.subscribers()).toEqual([]);
});

test('a bound proof answers another connection for five seconds; later it is made again', async () => {
  const scene = new PrivateScene();
  await scene.connect(['ours', 'ours', 'ours']);
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  await scene.ask(subscriber);
  await scene.world.pass(4_900, 100);
  await scene.ask(subscriber, scene.nodes[1]);
  expect(subscriber.contents).toHaveLength(1);
  expect(scene.statuses).toHaveLength(2);
  await scene.world.pass(200, 100);
  await scene.ask(subscriber, scene.nodes[2]);
  expect(subscriber.contents).toHaveLength(2);
  expect(scene.statuses.map(({ checkResult }) => checkResult)).toEqual([0, 0, 0]);
  expect(topic.subscribers()).toHaveLength(1);
});

test('the connection that was told of a bound proof has it made again when it asks again', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  await scene.open([subscriber]);
  await scene.prove(subscriber, subscriber);
  expect(subscriber.contents).toHaveLength(2);
});

test('what was proved without a seal does not outlive the connection it was proved over', async () => {
  const { scene, topic, challenges } = await proven({ kind: 'original' });
  scene.node.session.connection.destroy();
  await scene.world.settle();
  expect(scene.proofs.at(-1)).toMatchObject({ outcome: 'expired', reason: 'unreachable' });
  await scene.world.pass(9_000, 100);
  expect(challenges.length).toBeGreaterThan(0);
  expect(topic.subscribers()).toEqual([]);
});
