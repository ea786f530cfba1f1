import {
  BoundKind,
  boundKind,
  ChannelType,
  encodeAmopBody,
  ResultCode,
  SealedStatus,
} from '@amop/codec';
import { expect, test } from 'vitest';
import { PrivateScene } from '../../support/private-scene.ts';
import { rejection } from '../../support/world.ts';

const { request: REQUEST, response: RESPONSE } = ChannelType;

test('without keys nothing leaves, not even after the last one was revoked', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([]);
  const { received } = scene.node.session;
  const before = received.length;
  const noKeys = {
    code: 'AMOP_CLIENT_NO_KEYS',
    details: { maybeDelivered: 'no', topic: 'orders' },
  };
  expect(await rejection(topic.request('x'))).toMatchObject(noKeys);
  expect(await rejection(topic.publish('x'))).toMatchObject(noKeys);
  topic.allow(subscriber.key);
  await scene.prove(subscriber);
  await topic.revoke(subscriber.key);
  expect(await rejection(topic.request('x'))).toMatchObject(noKeys);
  await scene.world.settle();
  const texts = received.slice(before).map((frame) => new TextDecoder().decode(frame.data));
  expect(texts.filter((text) => text.endsWith('x'))).toEqual([]);
  expect(subscriber.texts('request')).toEqual([]);
});

test('nobody proven: said at once', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const topic = await scene.open([scene.subscriber()]);
  expect(await rejection(topic.request('x'))).toMatchObject({
    code: 'AMOP_CLIENT_NO_SUBSCRIBER',
    details: { hop: 'client', reason: 'no-proven-subscriber', retryable: true },
  });
  await scene.world.run(topic.publish('x'));
  expect(scene.onTopic).toEqual([]);
});

test('a request is sealed on its way there and back', async () => {
  const scene = new PrivateScene();
  const client = await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  await scene.prove(subscriber);
  const reply = await scene.world.run(topic.request('buy 100'));
  expect(reply.text()).toBe('fine');
  expect(reply.seq).toMatch(/^[0-9a-f]{32}$/);
  expect(subscriber.texts('request')).toEqual(['buy 100']);
  const { data } = scene.node.session.last(REQUEST);
  expect(new TextDecoder().decode(data)).not.toContain('buy 100');
  expect(boundKind(subscriber.contents.at(-1) ?? data)).toBe(BoundKind.sealed);
  expect(client.counters()).toMatchObject({ requests: 1, replies: 1, pendingCalls: 0 });
});

test('requests go to all who have proved a key, each as likely as the others', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscribers = [scene.subscriber(), scene.subscriber(), scene.subscriber()];
  const topic = await scene.open(subscribers);
  await scene.prove(...subscribers);
  const requests = Array.from({ length: 300 }, (_, index) => topic.request(`${index}`));
  await scene.world.run(Promise.all(requests));
  for (const each of subscribers) {
    // 100 expected, deviation 8: six of them away.
    expect(each.got.length).toBeGreaterThan(52);
    expect(each.got.length).toBeLessThan(148);
  }
});

test('what the handler of the subscriber threw comes sealed', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  subscriber.reply = { status: SealedStatus.handlerFailed, text: 'account is locked' };
  const topic = await scene.open([subscriber]);
  await scene.prove(subscriber);
  expect(await rejection(scene.world.run(topic.request('x')))).toMatchObject({
    code: 'AMOP_CLIENT_HANDLER_FAILED',
    details: { remoteMessage: 'account is locked', maybeDelivered: 'yes', topic: 'orders' },
  });
});

test('one that declines leaves the request to the next', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const [busy, free] = [scene.subscriber(), scene.subscriber()];
  busy.reply = { status: SealedStatus.declined, text: '' };
  const topic = await scene.open([busy, free]);
  await scene.prove(busy, free);
  for (let turn = 0; turn < 8; turn++) {
    expect((await scene.world.run(topic.request('x'))).text()).toBe('fine');
  }
  expect(busy.got.length).toBeGreaterThan(0);
  free.reply = busy.reply;
  expect(await rejection(scene.world.run(topic.request('x')))).toMatchObject({
    code: 'AMOP_CLIENT_NO_ANSWER',
    details: { reason: 'declined', maybeDelivered: 'no' },
  });
});

test('a route that is gone is left, and the next one asked', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const [gone, there] = [scene.subscriber(), scene.subscriber()];
  const topic = await scene.open([gone, there]);
  await scene.prove(gone, there);
  scene.subscribers.shift();
  for (let turn = 0; turn < 8; turn++) {
    expect((await scene.world.run(topic.request('x'))).text()).toBe('fine');
  }
  expect(topic.subscribers()).toMatchObject([{ key: there.key }]);
});

test('behind an original node nobody knows whether a lost request arrived', async () => {
  const scene = new PrivateScene();
  await scene.connect(['original']);
  const [gone, there] = [scene.subscriber(), scene.subscriber()];
  const topic = await scene.open([gone, there]);
  await scene.prove(gone, there);
  scene.subscribers.length = 0;
  expect(await rejection(scene.world.run(topic.request('x')))).toMatchObject({
    code: 'AMOP_CLIENT_NO_SUBSCRIBER',
    details: { maybeDelivered: 'unknown', topic: 'orders' },
  });
});

test('an answer that is not sealed by the subscriber is none', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  await scene.prove(subscriber);
  await scene.world.run(topic.request('first'));
  const forged = [
    new TextEncoder().encode('fine'),
    new Uint8Array(0),
    // Its own answer to another request.
    subscriber.answers[0] ?? new Uint8Array(0),
  ];
  const seal = {
    code: 'AMOP_CLIENT_SEAL',
    details: { reason: 'not-sealed', maybeDelivered: 'unknown', topic: 'orders' },
  };
  const { scripts, session } = scene.node;
  const usual = scripts.get(REQUEST);
  for (const content of forged) {
    scripts.set(REQUEST, (frame) => {
      if (usual !== undefined) scripts.set(REQUEST, usual); // the proof that follows is let through
      session.send(RESPONSE, frame.seq, encodeAmopBody(subscriber.route, content));
    });
    expect(await rejection(scene.world.run(topic.request('x')))).toMatchObject(seal);
  }
  // A result that only a subscriber gives, without its seal.
  scripts.set(REQUEST, (frame) => {
    if (usual !== undefined) scripts.set(REQUEST, usual);
    session.send(RESPONSE, frame.seq, new Uint8Array(0), ResultCode.handlerFailed);
  });
  expect(await rejection(scene.world.run(topic.request('x')))).toMatchObject(seal);
  // Each time it was asked for a new proof.
  expect(scene.client.counters().proofs).toBe(5);
  expect((await scene.world.run(topic.request('x'))).text()).toBe('fine');
});

test('a request waits for no node', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  await scene.prove(subscriber);
  await scene.node.stop();
  scene.node.session.connection.destroy();
  await scene.world.settle();
  expect(await rejection(topic.request('x'))).toMatchObject({
    code: 'AMOP_CLIENT_NOT_CONNECTED',
    details: { reason: 'no-link', maybeDelivered: 'no' },
  });
});

test('the deadline and the signal of a request end it', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const subscriber = scene.subscriber();
  const topic = await scene.open([subscriber]);
  await scene.prove(subscriber);
  scene.node.scripts.set(REQUEST, () => {});
  expect(
    await rejection(scene.world.run(topic.request('x', { timeoutMs: 500 }), 600)),
  ).toMatchObject({ code: 'AMOP_CLIENT_TIMEOUT', details: { maybeDelivered: 'unknown' } });
  const controller = new AbortController();
  const pending = topic.request('x', { signal: controller.signal });
  await scene.world.settle();
  controller.abort();
  expect(await rejection(scene.world.run(pending))).toMatchObject({ code: 'AMOP_CLIENT_ABORTED' });
});

test('a body that does not fit is refused before it is sealed', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const topic = await scene.open([scene.subscriber()]);
  const body = new Uint8Array(99 * 1024 * 1024 - 297 - 37);
  expect(await rejection(topic.request(body))).toMatchObject({ code: 'AMOP_CLIENT_TOO_LARGE' });
});
