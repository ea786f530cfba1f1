import { ChannelType, parseErrorDetail, readAmopBody } from '@amop/codec';
import { expect, test } from 'vitest';
import { AnswerError, type ClientError, type MessageHandler } from '../../src/index.ts';
import { rejection, World } from '../support/world.ts';

const { request: REQUEST, response: RESPONSE, multicast: MULTICAST } = ChannelType;

test('handlers run at the same time and answer in any order', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const waiting = new Map<string, (answer: string) => void>();
  await world.run(
    client.subscribe(
      't',
      (message) =>
        new Promise((resolve) => {
          waiting.set(message.text(), resolve);
        }),
    ),
  );
  for (const body of ['a', 'b', 'c']) node.session.push(REQUEST, 't', body, body);
  await world.settle();
  expect([...waiting.keys()]).toEqual(['a', 'b', 'c']);
  for (const body of ['c', 'a', 'b']) waiting.get(body)?.(`re ${body}`);
  await world.settle();
  const answers = node.session.of(RESPONSE).map((frame) => {
    const { content } = readAmopBody(frame.data);
    return [frame.seqKey[0], new TextDecoder().decode(content)];
  });
  expect(answers).toEqual([
    ['c', 're c'],
    ['a', 're a'],
    ['b', 're b'],
  ]);
});

test('bytes, text and nothing at all are answers', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.run(client.subscribe('bytes', () => Uint8Array.of(1, 2)));
  await world.run(client.subscribe('text', async () => 'ä'));
  await world.run(client.subscribe('nothing', () => undefined));
  await world.run(client.subscribe('later', async () => {}));
  const bodies = ['bytes', 'text', 'nothing', 'later'].map(
    async (topic) => (await client.request(topic, '')).body,
  );
  expect(await world.run(Promise.all(bodies))).toEqual([
    Uint8Array.of(1, 2),
    new TextEncoder().encode('ä'),
    new Uint8Array(0),
    new Uint8Array(0),
  ]);
});

test.each([
  ['throws', (): never => fail(new Error('secret'))],
  ['rejects', (): Promise<never> => Promise.reject(new Error('secret'))],
  ['answers with a number', (() => 42) as unknown as MessageHandler],
] as const)('a handler that %s: the requester learns that, not more', async (_, handler) => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const errors: ClientError[] = [];
  client.on('error', ({ error }) => errors.push(error));
  await world.run(client.subscribe('t', handler));
  const error = await rejection(world.run(client.request('t', 'x')));
  expect(error).toMatchObject({
    code: 'AMOP_CLIENT_HANDLER_FAILED',
    details: {
      hop: 'subscriber',
      reason: 'handler-failed',
      maybeDelivered: 'yes',
      retryable: false,
      resultCode: 120,
    },
  });
  expect(JSON.stringify(error)).not.toContain('secret');
  expect(String(error)).not.toContain('secret');
  expect(errors).toEqual([
    expect.objectContaining({ code: 'AMOP_CLIENT_HANDLER_FAILED', cause: expect.any(Error) }),
  ]);
});

function fail(error: Error): never {
  throw error;
}

test('the text of an AnswerError reaches the requester, and is no event here', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  let events = 0;
  client.on('error', () => events++);
  await world.run(
    client.subscribe('t', async () => fail(new AnswerError('account locked', { retryable: true }))),
  );
  expect(await rejection(world.run(client.request('t', 'x')))).toMatchObject({
    code: 'AMOP_CLIENT_HANDLER_FAILED',
    message: expect.stringContaining('account locked'),
    details: { remoteMessage: 'account locked', retryable: true },
  });
  expect(events).toBe(0);
});

test('towards an original node a failure is result 120 with the topic alone', async () => {
  const world = new World();
  const node = await world.node('original');
  const client = await world.client([node]);
  await world.run(client.subscribe('t', () => fail(new AnswerError('account locked'))));
  node.session.push(REQUEST, 't', 'x');
  await world.settle();
  const answer = node.session.last(RESPONSE);
  expect(answer.result).toBe(120);
  expect(parseErrorDetail(answer.data)).toBeUndefined();
  expect(readAmopBody(answer.data)).toMatchObject({ topic: 't', content: new Uint8Array(0) });
});

test('a handler that throws on a multicast harms nobody', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const errors: ClientError[] = [];
  let seen = 0;
  client.on('error', ({ error }) => errors.push(error));
  await world.run(client.subscribe('t', () => fail(new Error('first'))));
  await world.run(client.subscribe('t', () => void seen++));
  node.session.push(MULTICAST, 't', 'x');
  await world.settle();
  expect(seen).toBe(1);
  expect(errors).toHaveLength(1);
  expect(node.session.of(RESPONSE)).toHaveLength(0);
});

test('an answer given by hand is the answer', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.run(
    client.subscribe('t', (message) => {
      expect(message.respond('early')).toBe(true);
      expect(message.respond('again')).toBe(false);
      expect(message.awaitsAnswer).toBe(false);
      return 'late';
    }),
  );
  expect((await world.run(client.request('t', 'x'))).text()).toBe('early');
  expect(node.session.of(RESPONSE)).toHaveLength(1);
});

test('an answer that is too large fails the request instead of leaving it', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  const huge = new Uint8Array(104_000_000);
  await world.run(client.subscribe('t', () => huge));
  expect(await rejection(world.run(client.request('t', 'x')))).toMatchObject({
    code: 'AMOP_CLIENT_HANDLER_FAILED',
  });
});

test('an answer whose connection is gone is counted, not sent elsewhere', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  let answer: ((text: string) => void) | undefined;
  await world.run(
    client.subscribe(
      't',
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    ),
  );
  node.session.push(REQUEST, 't', 'x');
  await world.settle();
  world.network.links[0]?.reset();
  await world.pass(200);
  answer?.('too late');
  await world.settle();
  expect(client.counters()).toMatchObject({ lostAnswers: 1, answers: 0, connectedNodes: 1 });
  expect(node.session.of(RESPONSE)).toHaveLength(0);
});
