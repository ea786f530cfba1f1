import { ChannelType, encodeAmopBody, readAmopBody } from '@amop/codec';
import { sign } from '@amop/crypto';
import { expect, test } from 'vitest';
import { FAR_NODE, PrivateScene } from '../../support/private-scene.ts';
import { rejection } from '../../support/world.ts';

const { multicast: MULTICAST, request: REQUEST, response: RESPONSE } = ChannelType;

test("proof 'bound' sends an original route nothing and says so once", async () => {
  for (const kind of ['ours', 'original'] as const) {
    const scene = new PrivateScene();
    await scene.connect([kind]);
    const original = scene.subscriber({ original: true });
    const topic = await scene.open([original]);
    await scene.prove(original, original);
    expect(original.contents).toEqual([]);
    expect(scene.proofs).toEqual([
      { topic: 'orders', node: FAR_NODE, outcome: 'failed', reason: 'original-subscriber' },
    ]);
    const told = { checkResult: 1, topicForCert: original.route };
    expect(scene.statuses).toMatchObject(kind === 'ours' ? [told, told] : []);
    expect(topic.subscribers()).toEqual([]);
    expect(scene.world.logger.entries.filter(({ level }) => level === 'warn')).toEqual([]);
  }
});

test("proof 'either' challenges it as the Java SDK does, and warns once of plain text", async () => {
  const scene = new PrivateScene();
  await scene.connect(['original']);
  const original = scene.subscriber({ original: true });
  const topic = await scene.open([original], { proof: 'either' });
  await scene.prove(original);
  expect(new TextDecoder().decode(original.contents[0])).toMatch(/^[0-9a-f]{32}$/);
  expect(scene.statuses).toEqual([{ checkResult: 0, nodeId: FAR_NODE, topic: scene.payload }]);
  expect(topic.subscribers()).toMatchObject([{ key: original.key, proof: 'original' }]);
  expect((await scene.world.run(topic.request('hello'))).text()).toBe('plain answer');
  await scene.world.run(topic.publish('news'));
  expect(original.texts('plain')).toContain('hello');
  const warnings = scene.world.logger.entries.filter(({ message }) =>
    message.includes('plain text'),
  );
  expect(warnings).toHaveLength(1);
});

test("proof 'original' needs no key, and challenges even who could do better", async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const bound = scene.subscriber();
  const topic = scene.client.privateTopic('orders', {
    publicKeys: [bound.key],
    proof: 'original',
  });
  await scene.world.settle();
  await scene.prove(bound);
  expect(new TextDecoder().decode(bound.contents[0])).toMatch(/^[0-9a-f]{32}$/);
  expect(topic.subscribers()).toEqual([]);
});

test("with 'either', who can be sealed for is never sent plain text", async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const bound = scene.subscriber();
  const original = scene.subscriber({ original: true });
  const topic = await scene.open([bound, original], { proof: 'either' });
  await scene.prove(bound);
  expect(topic.subscribers()).toMatchObject([{ proof: 'bound' }]);
  // Nobody original has proved anything: nothing on the topic.
  await scene.world.run(topic.publish('first'));
  await scene.world.run(topic.request('second'));
  expect(scene.onTopic).toEqual([]);
  await scene.prove(original);
  await scene.world.run(topic.publish('third'));
  expect(bound.texts('multicast')).toEqual(['first', 'third']);
  // Our node is told that the topic itself is for the original one only.
  expect(bound.texts('plain')).toEqual([]);
  expect(original.texts('plain')).toEqual(['third']);
  const about = scene.statuses.filter((status) => status.topicForCert === bound.route);
  expect(about.map((status) => status.checkResult)).toEqual([1]);
});

test('a request goes to sealed and plain subscribers, each as likely as the other', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const bound = scene.subscriber();
  const original = scene.subscriber({ original: true });
  const topic = await scene.open([bound, original], { proof: 'either' });
  await scene.prove(bound, original);
  const requests = Array.from({ length: 100 }, (_, index) => topic.request(`${index}`));
  await scene.world.run(Promise.all(requests));
  expect(bound.texts('request').length).toBeGreaterThan(20);
  expect(original.texts('plain').length).toBeGreaterThan(20);
});

test('a wrong signature is told to our node and to no other', async () => {
  for (const kind of ['ours', 'original'] as const) {
    const scene = new PrivateScene();
    await scene.connect([kind]);
    const stranger = scene.subscriber({ original: true });
    const topic = await scene.open([scene.subscriber({ original: true })], { proof: 'either' });
    scene.subscribers.pop();
    await scene.prove(stranger);
    expect(scene.statuses.map((status) => status.checkResult)).toEqual(kind === 'ours' ? [1] : []);
    expect(topic.subscribers()).toEqual([]);
  }
});

test('a signature that was seen before, or of another value, opens nothing', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const victim = scene.subscriber({ original: true });
  const thief = scene.subscriber({ original: true });
  const topic = await scene.open([victim], { proof: 'either' });
  const signatures: Uint8Array[] = [];
  const { scripts, session } = scene.node;
  const usual = scripts.get(REQUEST);
  scripts.set(REQUEST, (frame, from) => {
    const { content, topic: route } = readAmopBody(frame.data);
    if (route === victim.route) {
      signatures.push(sign(content, victim.privateKey));
      usual?.(frame, from);
      return;
    }
    // The route of the thief answers with what the victim signed.
    session.send(RESPONSE, frame.seq, encodeAmopBody(route, signatures[0] ?? new Uint8Array(65)));
  });
  await scene.prove(victim, thief);
  expect(topic.subscribers()).toMatchObject([{ route: victim.route.slice(-8) }]);
  expect(scene.statuses.at(-1)).toMatchObject({ checkResult: 1, topicForCert: thief.route });
});

test('a signature that comes after five seconds is none', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const slow = scene.subscriber({ original: true });
  const topic = await scene.open([slow], { proof: 'either' });
  const { scripts, session } = scene.node;
  scripts.set(REQUEST, () => {});
  await scene.ask(slow);
  await scene.world.pass(5_100, 100);
  const frame = session.last(REQUEST);
  const { content } = readAmopBody(frame.data);
  scene.answer(session, frame, sign(content, slow.privateKey));
  await scene.world.settle();
  expect(topic.subscribers()).toEqual([]);
  expect(scene.statuses).toEqual([]);
  expect(scene.proofs).toMatchObject([{ outcome: 'failed' }]);
});

test('a revoked original key stops plain text, and our node is told', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const original = scene.subscriber({ original: true });
  const topic = await scene.open([original, scene.subscriber()], {
    proof: 'either',
  });
  await scene.prove(original);
  await topic.revoke(original.key);
  await scene.world.run(topic.publish('secret'));
  expect(await rejection(topic.request('secret'))).toMatchObject({
    code: 'AMOP_CLIENT_NO_SUBSCRIBER',
  });
  expect(scene.node.session.of(MULTICAST)).toEqual([]);
  expect(scene.statuses.at(-1)).toMatchObject({ checkResult: 1, topicForCert: original.route });
});
