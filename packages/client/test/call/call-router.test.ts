import {
  ChannelType,
  encodeAmopBody,
  encodeErrorDetail,
  encodeMulticastAck,
  NO_REPLY_SEQ,
  readAmopBody,
} from '@amop/codec';
import { expect, test } from 'vitest';
import { rejection, World } from '../support/world.ts';

const { request: REQUEST, response: RESPONSE, multicast: MULTICAST } = ChannelType;

function silent(): void {}

test('a request brings back the answer, text and bytes', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(REQUEST, (frame, session) => {
    const { content } = readAmopBody(frame.data);
    session.send(RESPONSE, frame.seq, encodeAmopBody('prices', content));
  });
  const reply = await world.run(client.request('prices', 'grüezi'));
  expect(reply.text()).toBe('grüezi');
  const bytes = Uint8Array.of(0, 255, 1);
  expect((await world.run(client.request('prices', bytes))).body).toEqual(bytes);
  expect(client.counters()).toMatchObject({ requests: 2, replies: 2, pendingCalls: 0 });
});

test('answers in another order each find their request', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(REQUEST, silent);
  const replies = ['a', 'b', 'c'].map((body) => client.request('prices', body));
  await world.settle();
  for (const frame of node.session.of(REQUEST).reverse()) {
    node.session.send(RESPONSE, frame.seq, frame.data);
  }
  const texts = (await world.run(Promise.all(replies))).map((reply) => reply.text());
  expect(texts).toEqual(['a', 'b', 'c']);
});

test('requests of one turn leave in one write, in order', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(REQUEST, (frame, session) => session.send(RESPONSE, frame.seq, frame.data));
  await world.run(Promise.all(Array.from({ length: 50 }, (_, i) => client.request('t', `${i}`))));
  const bodies = node.session
    .of(REQUEST)
    .map((frame) => new TextDecoder().decode(readAmopBody(frame.data).content));
  expect(bodies).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
});

test('a body above 16 KiB arrives as it is, between small ones', async () => {
  const world = new World({ maxChunkBytes: 1_000 });
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(REQUEST, (frame, session) => session.send(RESPONSE, frame.seq, frame.data));
  const large = world.random.bytes(300_000);
  const replies = [
    client.request('t', 'before'),
    client.request('t', large),
    client.request('t', 'after'),
  ];
  const [before, middle, after] = await world.run(Promise.all(replies));
  expect(before?.text()).toBe('before');
  expect(Buffer.compare(middle?.body ?? new Uint8Array(0), large)).toBe(0);
  expect(after?.text()).toBe('after');
});

test('an answer with no data at all is an empty one', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(REQUEST, (frame, session) => session.send(RESPONSE, frame.seq));
  expect((await world.run(client.request('t', 'x'))).body).toEqual(new Uint8Array(0));
});

test('an answer that is not an AMOP body ends the request, which was delivered', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(REQUEST, (frame, session) =>
    session.send(RESPONSE, frame.seq, Uint8Array.of(9, 1)),
  );
  expect(await rejection(world.run(client.request('t', 'x')))).toMatchObject({
    code: 'AMOP_CLIENT_MALFORMED',
    details: { hop: 'subscriber', maybeDelivered: 'yes', reason: 'bad-answer' },
  });
});

test.each([
  [1_000, 900],
  [5_000, 4_900],
  [100_000, 99_900],
  [1, 1],
  [35.7, 32],
])('a request with %d ms tells our node that it has %d', async (timeoutMs, told) => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(REQUEST, (frame, session) => session.send(RESPONSE, frame.seq, frame.data));
  await world.run(client.request('t', 'x', { timeoutMs }));
  expect(node.session.last(REQUEST).result).toBe(told);
});

test('an original node is told nothing, and no node for a multicast', async () => {
  const world = new World();
  const nodes = [await world.node('original'), await world.node('ours')];
  for (const node of nodes) {
    const client = await world.client([node]);
    node.scripts.set(REQUEST, (frame, session) => session.send(RESPONSE, frame.seq, frame.data));
    await world.run(client.publish('t', 'x'));
    expect(node.session.last(MULTICAST).result).toBe(0);
    await world.run(client.request('t', 'x'));
  }
  expect(nodes[0]?.session.last(REQUEST).result).toBe(0);
});

test('the deadline ends a request once; the answer that comes later is counted', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(REQUEST, silent);
  const pending = client.request('t', 'x', { timeoutMs: 500 });
  await world.pass(480);
  expect(client.counters()).toMatchObject({ pendingCalls: 1 });
  expect(await rejection(world.run(pending, 60))).toMatchObject({
    code: 'AMOP_CLIENT_TIMEOUT',
    details: { maybeDelivered: 'unknown', retryable: true, hop: 'client', reason: 'deadline' },
  });
  const frame = node.session.last(REQUEST);
  node.session.send(RESPONSE, frame.seq, frame.data);
  await world.settle();
  expect(client.counters()).toMatchObject({
    unexpectedAnswers: 1,
    requestErrors: 1,
    replies: 0,
    pendingCalls: 0,
  });
});

test('only a frame of type 0x31 is an answer (D-30)', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(REQUEST, silent);
  const pending = client.request('t', 'x');
  await world.settle();
  const { seq, data } = node.session.last(REQUEST);
  for (const type of [0x12, 0x13, 0x14, 0x32, 0x35, 0x37, 0x38, 0x1000]) {
    node.session.send(type, seq, data);
  }
  await world.settle();
  expect(client.counters()).toMatchObject({ pendingCalls: 1, replies: 0 });
  node.session.send(RESPONSE, seq, data);
  expect((await world.run(pending)).text()).toBe('x');
});

test('an answer counts only on the connection that the request went by', async () => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node()];
  const client = await world.client([a, b]);
  await world.settle();
  a.scripts.set(REQUEST, silent);
  const pending = client.request('t', 'x');
  await world.settle();
  const { seq, data } = a.session.last(REQUEST);
  b.session.send(RESPONSE, seq, encodeAmopBody('t', new Uint8Array(0)));
  await world.settle();
  expect(client.counters()).toMatchObject({ unexpectedAnswers: 1, pendingCalls: 1 });
  a.session.send(RESPONSE, seq, data);
  a.session.send(RESPONSE, seq, data);
  expect((await world.run(pending)).text()).toBe('x');
  expect(client.counters()).toMatchObject({ unexpectedAnswers: 2, replies: 1 });
});

test('a signal ends a request, and leaves nothing behind on itself', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(REQUEST, silent);
  const controller = new AbortController();
  const { signal } = controller;
  const pending = client.request('t', 'x', { signal });
  await world.settle();
  controller.abort(new Error('changed my mind'));
  expect(await rejection(world.run(pending))).toMatchObject({
    code: 'AMOP_CLIENT_ABORTED',
    details: { maybeDelivered: 'unknown' },
    cause: { message: 'changed my mind' },
  });
  expect(await rejection(client.request('t', 'x', { signal }))).toMatchObject({
    code: 'AMOP_CLIENT_ABORTED',
    details: { maybeDelivered: 'no' },
  });
  expect(client.counters()).toMatchObject({ pendingCalls: 0, requestErrors: 2 });
});

test('the listener on a signal goes when the request ends', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(REQUEST, (frame, session) => session.send(RESPONSE, frame.seq, frame.data));
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, given);
  };
  signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, given);
  };
  const pending = client.request('t', 'x', { signal });
  expect(listeners).toBe(1);
  await world.run(pending);
  expect(listeners).toBe(0);
});

test('without a node a request waits for one', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  world.network.links[0]?.reset();
  await world.settle();
  const pending = client.request('t', 'x', { timeoutMs: 5_000 });
  node.scripts.set(REQUEST, (frame, session) => session.send(RESPONSE, frame.seq, frame.data));
  expect((await world.run(pending, 200)).text()).toBe('x');
  // What is left of its time went over the wire, not what it had at first.
  expect(node.session.last(REQUEST).result).toBeLessThan(4_900);
  expect(node.session.last(REQUEST).result).toBeGreaterThan(4_500);
});

test('without a node until the deadline it ends, certainly not delivered', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await node.stop();
  world.network.links[0]?.reset();
  await world.settle();
  const calls = [
    client.request('t', 'x', { timeoutMs: 700 }),
    client.publish('t', 'x', { timeoutMs: 700 }),
  ];
  const errors = await Promise.all(calls.map((call) => rejection(world.run<unknown>(call, 800))));
  for (const error of errors) {
    expect(error).toMatchObject({
      code: 'AMOP_CLIENT_NOT_CONNECTED',
      details: { maybeDelivered: 'no', retryable: true, reason: 'no-link' },
    });
  }
});

test('a broken connection ends what was written and moves what was not', async () => {
  const world = new World({ windowBytes: 1_000 });
  const [a, b] = [await world.node(), await world.node()];
  const client = await world.client([a, b]);
  await world.settle();
  const [linkToA] = world.network.links;
  linkToA?.stall();
  b.scripts.set(REQUEST, (frame, session) => session.send(RESPONSE, frame.seq, frame.data));
  // 400 kB: the first batch is handed to the connection, the rest waits behind it.
  const body = new Uint8Array(4_000);
  const calls = Array.from({ length: 100 }, () => client.request('t', body));
  const outcomes = Promise.allSettled(calls);
  await world.settle();
  linkToA?.reset();
  const ended = await world.run(outcomes);
  const failed = ended.filter((each) => each.status === 'rejected');
  const moved = ended.filter((each) => each.status === 'fulfilled');
  expect(failed.length).toBeGreaterThan(0);
  expect(moved.length).toBeGreaterThan(0);
  for (const { reason } of failed) {
    expect(reason).toMatchObject({
      code: 'AMOP_CLIENT_DISCONNECTED',
      details: { maybeDelivered: 'unknown', retryable: true, node: a.nodeId },
      cause: { code: 'AMOP_CLIENT_NOT_CONNECTED' },
    });
  }
  expect(b.session.of(REQUEST)).toHaveLength(moved.length);
  expect(client.counters()).toMatchObject({
    failovers: moved.length,
    requestErrors: failed.length,
    pendingCalls: 0,
  });
});

test('what was not written when the only connection broke waits for the next', async () => {
  const world = new World({ windowBytes: 1_000 });
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(REQUEST, (frame, session) => session.send(RESPONSE, frame.seq, frame.data));
  world.network.links[0]?.stall();
  const body = new Uint8Array(4_000);
  const outcomes = Promise.allSettled(Array.from({ length: 100 }, () => client.request('t', body)));
  await world.settle();
  world.network.links[0]?.reset();
  const ended = await world.run(outcomes, 400);
  const moved = ended.filter((each) => each.status === 'fulfilled');
  expect(moved.length).toBeGreaterThan(0);
  expect(moved.length).toBeLessThan(100);
});

test('requests and publishes go to the first node that is connected, and back to it later', async () => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node()];
  for (const node of [a, b]) {
    node.scripts.set(REQUEST, (frame, session) => session.send(RESPONSE, frame.seq, frame.data));
  }
  const client = await world.client([a, b]);
  await world.settle();
  await world.run(client.request('t', '1'));
  world.network.links[0]?.reset();
  await world.settle();
  await world.run(client.request('t', '2'));
  await world.run(client.publish('t', '2'));
  expect(b.session.of(REQUEST)).toHaveLength(1);
  expect(b.session.of(MULTICAST)).toHaveLength(1);
  await world.pass(200);
  await world.run(client.request('t', '3'));
  expect(a.session.of(REQUEST)).toHaveLength(1);
});

test('a refusal with nothing delivered goes on to the next node', async () => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node()];
  const client = await world.client([a, b]);
  await world.settle();
  b.scripts.set(REQUEST, (frame, session) => session.send(RESPONSE, frame.seq, frame.data));
  expect((await world.run(client.request('t', 'x'))).text()).toBe('x');
  expect(a.session.of(REQUEST)).toHaveLength(1);
  expect(client.counters()).toMatchObject({ failovers: 1, requestErrors: 0 });
});

test('when every node refuses, the last refusal is the outcome', async () => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node()];
  const client = await world.client([a, b]);
  await world.settle();
  expect(await rejection(world.run(client.request('t', 'x')))).toMatchObject({
    code: 'AMOP_CLIENT_NO_SUBSCRIBER',
    details: { node: b.nodeId, reason: 'no-subscriber', maybeDelivered: 'no', retryable: true },
  });
});

test.each([
  ['may have been delivered', 'unknown', true],
  ['makes no sense to repeat', 'no', false],
] as const)('a refusal that %s is final', async (_, maybeDelivered, retryable) => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node()];
  const client = await world.client([a, b]);
  await world.settle();
  const detail = { hop: 'peer-node', reason: 'no-answer', maybeDelivered, retryable } as const;
  a.scripts.set(REQUEST, (frame, session) =>
    session.send(RESPONSE, frame.seq, encodeErrorDetail(detail), 104),
  );
  expect(await rejection(world.run(client.request('t', 'x')))).toMatchObject({
    code: 'AMOP_CLIENT_NO_ANSWER',
    details: { maybeDelivered, retryable, resultCode: 104 },
  });
  expect(b.session.of(REQUEST)).toHaveLength(0);
});

test('a publish to our node ends with the count, to an original one with its echo', async () => {
  const world = new World();
  const ours = await world.node('ours');
  const client = await world.client([ours]);
  ours.scripts.set(MULTICAST, silent);
  let done = 0;
  const publishes = ['a', 'b', 'c'].map((body) =>
    client.publish('t', body).then(() => {
      done++;
    }),
  );
  await world.settle();
  expect(done).toBe(0);
  ours.session.send(0x4141, NO_REPLY_SEQ, encodeMulticastAck(2));
  await world.settle();
  expect(done).toBe(2);
  ours.session.send(0x4141, NO_REPLY_SEQ, encodeMulticastAck(1));
  await world.run(Promise.all(publishes));

  const original = await world.node('original');
  const other = await world.client([original]);
  await world.run(Promise.all([other.publish('t', 'a'), other.publish('t', 'b')]));
  expect(other.counters()).toMatchObject({ publishes: 2, publishAcks: 2, pendingCalls: 0 });
});

test('a refused multicast fails, and the count goes to the others', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(MULTICAST, silent);
  const outcomes = Promise.allSettled(['a', 'b', 'c'].map((body) => client.publish('t', body)));
  await world.settle();
  const [, second] = node.session.of(MULTICAST);
  if (second === undefined) throw new Error('no second multicast');
  node.session.send(RESPONSE, second.seq, new Uint8Array(0), 103);
  node.session.send(0x4141, NO_REPLY_SEQ, encodeMulticastAck(2));
  const statuses = (await world.run(outcomes)).map((each) => each.status);
  expect(statuses).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a multicast whose caller gave up is still counted by the node', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(MULTICAST, silent);
  const first = rejection(client.publish('t', 'a', { timeoutMs: 100 }));
  await world.pass(200);
  expect(await first).toMatchObject({
    code: 'AMOP_CLIENT_TIMEOUT',
    details: { maybeDelivered: 'unknown' },
  });
  const second = client.publish('t', 'b');
  await world.settle();
  node.session.send(0x4141, NO_REPLY_SEQ, encodeMulticastAck(1));
  await world.settle();
  expect(client.counters()).toMatchObject({ pendingCalls: 1, publishAcks: 0 });
  node.session.send(0x4141, NO_REPLY_SEQ, encodeMulticastAck(1));
  await world.run(second);
});

test('a node that counts more than it was sent is noted, nothing else', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.session.send(0x4141, NO_REPLY_SEQ, encodeMulticastAck(5));
  node.session.send(0x4141, NO_REPLY_SEQ, Uint8Array.of(1));
  await world.settle();
  expect(client.counters()).toMatchObject({ malformedFrames: 2, connectedNodes: 1 });
  await world.run(client.publish('t', 'x'));
});

test('more calls than the limit are refused at once', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node], { limits: { maxPendingRequests: 2 } });
  node.scripts.set(REQUEST, silent);
  const waiting = [client.request('t', '1'), client.request('t', '2')];
  expect(await rejection(client.request('t', '3'))).toMatchObject({
    code: 'AMOP_CLIENT_OVERLOADED',
    details: { reason: 'too-many-pending', maybeDelivered: 'no', retryable: true },
  });
  await world.settle();
  for (const frame of node.session.of(REQUEST)) {
    node.session.send(RESPONSE, frame.seq, frame.data);
  }
  await world.run(Promise.all(waiting));
});

test('bytes that the network does not take are bounded', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node], { limits: { maxOutgoingBytes: 100_000 } });
  world.network.links[0]?.stall();
  const outcomes = Array.from({ length: 4 }, () =>
    client.request('t', new Uint8Array(60_000), { timeoutMs: 100 }),
  ).map(rejection);
  await world.pass(200);
  const codes = (await Promise.all(outcomes)).map((error) => Reflect.get(Object(error), 'code'));
  expect(codes).toEqual([
    'AMOP_CLIENT_TIMEOUT',
    'AMOP_CLIENT_OVERLOADED',
    'AMOP_CLIENT_OVERLOADED',
    'AMOP_CLIENT_OVERLOADED',
  ]);
});
