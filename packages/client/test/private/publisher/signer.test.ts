import { expect, test } from 'vitest';
import { signerOf, type TopicSigner } from '../../../src/bound/topic-signer.ts';
import type { ClientError } from '../../../src/index.ts';
import { PrivateScene } from '../../support/private-scene.ts';

/** Proofs under way at once. */
const SLOTS = 16;

test('a signer that has not answered within 30 s has failed, and its slots are free again', async () => {
  const scene = new PrivateScene();
  const client = await scene.connect();
  const errors: ClientError[] = [];
  client.on('error', ({ error }) => errors.push(error));
  let calls = 0;
  const signer: TopicSigner = {
    publicKey: scene.publisherKey.publicKey(),
    sign: (digest) =>
      ++calls <= SLOTS ? new Promise(() => {}) : signerOf(scene.publisherKey).sign(digest),
  };
  const subscribers = Array.from({ length: SLOTS + 1 }, () => scene.subscriber());
  const topic = await scene.open(subscribers, { privateKey: signer });
  await scene.prove(...subscribers);
  await scene.world.pass(29_000, 100);
  expect([calls, errors.length, topic.subscribers().length]).toEqual([SLOTS, 0, 0]);
  await scene.world.pass(1_500, 100);
  expect(errors).toHaveLength(SLOTS);
  expect(errors[0]).toMatchObject({
    code: 'AMOP_CLIENT_SIGNER_FAILED',
    details: { hop: 'client', topic: 'orders' },
    message: expect.stringContaining('not answered within 30 s'),
  });
  expect(scene.proofs).toContainEqual(
    expect.objectContaining({ outcome: 'failed', reason: 'signer-failed' }),
  );
  expect(topic.subscribers()).toMatchObject([{ key: subscribers.at(-1)?.key }]);
});
