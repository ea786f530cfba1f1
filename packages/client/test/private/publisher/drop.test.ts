import { type ChannelFrame, ChannelType, ResultCode, readAmopBody } from '@amop/codec';
import { expect, test } from 'vitest';
import { PrivateScene } from '../../support/private-scene.ts';
import type { ScriptedSubscriber } from '../../support/scripted-subscriber.ts';

const { request: REQUEST } = ChannelType;

/** Answers all that comes on one route in place of its owner; undefined says nothing. */
function impostor(
  scene: PrivateScene,
  victim: ScriptedSubscriber,
  answer: (frame: ChannelFrame) => void,
): void {
  const usual = scene.node.scripts.get(REQUEST);
  scene.node.scripts.set(REQUEST, (frame, session) => {
    if (readAmopBody(frame.data).topic === victim.route) answer(frame);
    else usual?.(frame, session);
  });
}

async function pair(): Promise<{
  scene: PrivateScene;
  grabbed: ScriptedSubscriber;
  honest: ScriptedSubscriber;
  topic: Awaited<ReturnType<PrivateScene['open']>>;
}> {
  const scene = new PrivateScene();
  await scene.connect();
  const grabbed = scene.subscriber();
  const honest = scene.subscriber();
  const topic = await scene.open([grabbed, honest]);
  await scene.prove(grabbed, honest);
  expect(topic.subscribers()).toHaveLength(2);
  return { scene, grabbed, honest, topic };
}

test('one answer that is not sealed, and no request goes there before it is proved anew', async () => {
  const junk = new TextEncoder().encode('junk');
  const unsealedError = (scene: PrivateScene, frame: ChannelFrame): void =>
    scene.node.session.send(ChannelType.response, frame.seq, frame.data, ResultCode.handlerFailed);
  const answers: ((scene: PrivateScene, frame: ChannelFrame) => void)[] = [
    (scene, frame) => scene.answer(scene.node.session, frame, junk),
    (scene, frame) => scene.answer(scene.node.session, frame, new Uint8Array(0)),
    unsealedError,
  ];
  for (const answer of answers) {
    const { scene, grabbed, honest, topic } = await pair();
    impostor(scene, grabbed, (frame) => answer(scene, frame));
    const codes: string[] = [];
    for (let count = 0; count < 20; count++) {
      const done = topic.request('x').catch((error) => codes.push(error.code));
      await scene.world.run(done, 200);
    }
    expect(codes).toEqual(['AMOP_CLIENT_SEAL']);
    expect(honest.texts('request')).toHaveLength(19);
    expect(scene.proofs).toContainEqual(
      expect.objectContaining({ outcome: 'expired', reason: 'not-sealed', key: grabbed.key }),
    );
    expect(topic.subscribers()).toMatchObject([{ key: honest.key }]);
    expect(scene.statuses.at(-1)).toMatchObject({ checkResult: 1, topicForCert: grabbed.route });
  }
});

test('the owner that seals its next proof is back at once', async () => {
  const { scene, grabbed, topic } = await pair();
  const usual = scene.node.scripts.get(REQUEST);
  impostor(scene, grabbed, (frame) => {
    if (usual !== undefined) scene.node.scripts.set(REQUEST, usual);
    scene.answer(scene.node.session, frame, new Uint8Array(1));
  });
  const codes: string[] = [];
  for (let count = 0; count < 10; count++) {
    await scene.world.run(topic.request('x').catch((error) => codes.push(error.code)));
  }
  expect(codes).toEqual(['AMOP_CLIENT_SEAL']);
  expect(grabbed.contents.length).toBeGreaterThan(2);
  expect(topic.subscribers()).toHaveLength(2);
});

test('a renewal that is no proof ends the old one; a refusal, or silence, does not', async () => {
  const refusal = Uint8Array.of(0xa5, 0x50, 0x54, 1, 3, 5);
  const answers = [new TextEncoder().encode('junk'), refusal, undefined] as const;
  for (const content of answers) {
    const { scene, grabbed, honest, topic } = await pair();
    impostor(scene, grabbed, (frame) => {
      if (content !== undefined) scene.answer(scene.node.session, frame, content);
    });
    await scene.ask(grabbed);
    await scene.world.pass(6_000, 500);
    const isOver = content === answers[0];
    const reason = isOver ? 'bad-proof' : content ? 'refused-publisher-not-allowed' : undefined;
    const failed = scene.proofs.filter((proof) => proof.outcome === 'failed');
    if (reason !== undefined) expect(failed).toMatchObject([{ reason }]);
    expect(failed).not.toEqual([]);
    expect(topic.subscribers()).toHaveLength(isOver ? 1 : 2);
    const expired = scene.proofs.filter((proof) => proof.outcome === 'expired');
    expect(expired).toMatchObject(isOver ? [{ reason: 'bad-proof', key: grabbed.key }] : []);
    if (!isOver) continue;
    expect(scene.statuses.at(-1)).toMatchObject({ checkResult: 1, topicForCert: grabbed.route });
    for (let count = 0; count < 10; count++) await scene.world.run(topic.request('x'));
    expect(honest.texts('request')).toHaveLength(10);
  }
});
