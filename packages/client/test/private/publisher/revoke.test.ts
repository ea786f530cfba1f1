import { ChannelType } from '@amop/codec';
import { expect, test } from 'vitest';
import { PrivateScene } from '../../support/private-scene.ts';

test('when revoke resolves, nothing more is sealed for that key', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscribers = Array.from({ length: 10 }, () => scene.subscriber());
  const topic = await scene.open(subscribers);
  await scene.prove(...subscribers);
  await scene.world.run(topic.publish('before'));
  const [revoked, kept] = subscribers;
  if (revoked === undefined || kept === undefined) throw new Error('nobody');
  const oldEpochs = kept.epochs.size;
  // Traffic that is under way in every form.
  const running = Promise.allSettled([
    ...Array.from({ length: 50 }, (_, index) => topic.request(`r${index}`)),
    ...Array.from({ length: 5 }, (_, index) => topic.publish(`p${index}`)),
  ]);
  await topic.revoke(revoked.key);
  await scene.world.settle();
  expect(revoked.texts('withdraw')).toHaveLength(1);
  expect(scene.statuses.at(-1)).toMatchObject({ checkResult: 1, topicForCert: revoked.route });
  const [contents, got] = [revoked.contents.length, revoked.got.length];
  const more = [
    ...Array.from({ length: 100 }, (_, index) => topic.request(`s${index}`)),
    topic.publish('after'),
  ];
  await scene.world.run(Promise.all([running, ...more]));
  expect(revoked.contents).toHaveLength(contents);
  expect(revoked.got).toHaveLength(got);
  expect(kept.epochs.size).toBe(oldEpochs + 1);
  expect(kept.texts('epoch').at(-1)).toBe('after');
  expect(topic.subscribers()).toHaveLength(9);
  expect(scene.proofs.at(-1)).toMatchObject({
    outcome: 'expired',
    reason: 'revoked',
    key: revoked.key,
  });
});

test('a publish that was handing over a key when it was revoked does not use the old epoch', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscribers = Array.from({ length: 10 }, () => scene.subscriber());
  const topic = await scene.open(subscribers);
  await scene.prove(...subscribers);
  const [revoked, kept] = subscribers;
  if (revoked === undefined || kept === undefined) throw new Error('nobody');
  const { scripts } = scene.node;
  const usual = scripts.get(ChannelType.request);
  const held: (() => void)[] = [];
  scripts.set(ChannelType.request, (frame, session) => {
    held.push(() => usual?.(frame, session));
  });
  const pending = topic.publish('secret');
  await scene.world.settle();
  await topic.revoke(revoked.key);
  if (usual !== undefined) scripts.set(ChannelType.request, usual);
  for (const go of held) go();
  await scene.world.run(pending);
  expect(kept.texts('epoch')).toEqual(['secret']);
  expect([...revoked.texts('epoch'), ...revoked.texts('multicast')]).toEqual([]);
});

test('a proof that was under way when its key was revoked does not count', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber, scene.subscriber()]);
  const asked = scene.ask(subscriber);
  await topic.revoke(subscriber.key);
  await asked;
  await scene.world.settle();
  expect(topic.subscribers()).toEqual([]);
  expect(scene.statuses).not.toContainEqual(expect.objectContaining({ checkResult: 0 }));
});

test('a key that is allowed later is proved at once, without a question of the node', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([scene.subscriber()]);
  await scene.prove(subscriber);
  expect(topic.subscribers()).toEqual([]);
  topic.allow(subscriber.key);
  await scene.world.settle();
  expect(topic.subscribers()).toMatchObject([{ key: subscriber.key }]);
  // The node was told nothing that it had not asked; it asks again and hears at once.
  expect(scene.statuses.map((status) => status.checkResult)).toEqual([1]);
  await scene.ask(subscriber);
  expect(scene.statuses.map((status) => status.checkResult)).toEqual([1, 0]);
});
