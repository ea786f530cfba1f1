import { ChannelType, encodeRpcError, parseSubscribe } from '@amop/codec';
import { expect, test } from 'vitest';
import type { Message } from '../src/index.ts';
import { rejection, World } from './support/world.ts';

const {
  request: REQUEST,
  response: RESPONSE,
  multicast: MULTICAST,
  subscribe: SUBSCRIBE,
  rpc: RPC,
} = ChannelType;

function silent(): void {}

test('two clients talk through a node', async () => {
  const world = new World({ maxChunkBytes: 33 });
  const node = await world.node();
  const [alice, bob] = [await world.client([node]), await world.client([node])];
  await world.run(bob.subscribe('t', async (message) => `re ${message.text()}`));
  expect((await world.run(alice.request('t', 'x'))).text()).toBe('re x');
  const seen: Message[] = [];
  await world.run(bob.subscribe('news', (message) => void seen.push(message)));
  await world.run(alice.publish('news', Uint8Array.of(1, 2, 3)));
  expect(seen.map((message) => message.body)).toEqual([Uint8Array.of(1, 2, 3)]);
});

test('close lets what is under way end, answers included', async () => {
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
  node.session.push(REQUEST, 't', 'x', 'q1');
  node.scripts.set(REQUEST, silent);
  const mine = client.request('u', 'y');
  await world.settle();
  const { session } = node;
  const closed = client.close();
  await world.settle();
  expect(session.closed).toBe(false);
  expect(await rejection(client.request('u', 'z'))).toMatchObject({ code: 'AMOP_CLIENT_CLOSED' });
  expect(await rejection(client.subscribe('v'))).toMatchObject({ code: 'AMOP_CLIENT_CLOSED' });
  session.push(REQUEST, 't', 'too late', 'q2');
  answer?.('done');
  const { seq, data } = session.last(REQUEST);
  session.send(RESPONSE, seq, data);
  await world.run(closed);
  expect((await mine).text()).toBe('y');
  const answers = session.of(RESPONSE).map((frame) => [frame.seqKey.slice(0, 2), frame.result]);
  expect(answers).toEqual([
    ['q1', 0],
    ['q2', 104],
  ]);
  expect(session.closed).toBe(true);
  expect(session.closeError).toBeUndefined();
  expect(world.clock.timers).toBe(0);
});

test('close tells the node that nothing is subscribed any more', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.run(client.subscribe('t', silent));
  const { session } = node;
  await world.run(client.close());
  expect(parseSubscribe(session.last(SUBSCRIBE).data)).toMatchObject({ remove: ['t'] });
});

test('close waits for publishes and for bytes that the network has not taken', async () => {
  const world = new World({ windowBytes: 1_000 });
  const node = await world.node();
  const client = await world.client([node]);
  const { session } = node;
  const outcomes = Array.from({ length: 50 }, () => client.publish('t', new Uint8Array(10_000)));
  await world.run(client.close());
  await world.run(Promise.all(outcomes));
  expect(session.of(MULTICAST)).toHaveLength(50);
});

test('what does not end in time ends with the close', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  node.scripts.set(REQUEST, silent);
  await world.run(client.subscribe('t', () => new Promise<void>(silent)));
  const pending = rejection(client.request('u', 'x', { timeoutMs: 60_000 }));
  node.session.push(REQUEST, 't', 'x');
  await world.settle();
  const closed = client.close({ timeoutMs: 300 });
  await world.pass(280);
  expect(client.counters()).toMatchObject({ pendingCalls: 1 });
  await world.run(closed, 40);
  expect(await pending).toMatchObject({
    code: 'AMOP_CLIENT_CLOSED',
    details: { maybeDelivered: 'unknown' },
  });
  expect(world.clock.timers).toBe(0);
});

test('close does not wait for a node that takes nothing', async () => {
  const world = new World({ windowBytes: 100 });
  const node = await world.node();
  const client = await world.client([node]);
  world.network.links[0]?.stall();
  const pending = rejection(client.request('t', new Uint8Array(500_000)));
  await world.settle();
  await world.run(client.close({ timeoutMs: 200 }), 450);
  expect(await pending).toMatchObject({ code: 'AMOP_CLIENT_CLOSED' });
  expect(world.clock.timers).toBe(0);
});

test('close ends what waits for a node at once, and connects no more', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await node.stop();
  world.network.links[0]?.reset();
  await world.settle();
  const calls = [client.request('t', 'x'), client.publish('t', 'x'), client.subscribe('t')];
  const errors = calls.map(rejection);
  let closes = 0;
  client.on('closed', () => closes++);
  await world.run(Promise.all([client.close(), client.close()]));
  for (const error of await Promise.all(errors)) {
    expect(error).toMatchObject({ code: 'AMOP_CLIENT_CLOSED', details: { maybeDelivered: 'no' } });
  }
  await world.run(client.close());
  expect(closes).toBe(1);
  expect(world.clock.timers).toBe(0);
  expect(client.nodes()[0]?.state).toBe('closed');
});

test('await using closes a client', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.run(client[Symbol.asyncDispose]());
  expect(node.sessions).toHaveLength(0);
});

test('the node is asked about itself and its peers', async () => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node('original')];
  const client = await world.client([a, b]);
  await world.settle();
  await world.run(client.subscribe('t', silent));
  expect(await world.run(client.getNodeInfo())).toEqual({
    Agency: 'agency',
    IPAndPort: '0.0.0.0:30300',
    Node: 'node0',
    NodeID: a.nodeId,
    Topic: ['t'],
  });
  expect(await world.run(client.getNodeInfo({ node: b.endpoint }))).toMatchObject({
    NodeID: b.nodeId,
  });
  expect(await world.run(client.getPeers())).toMatchObject([{ Node: 'node1' }]);
  expect(await rejection(client.getPeers({ node: 'c:1' }))).toMatchObject({
    code: 'AMOP_CLIENT_OPTIONS',
    message: expect.stringContaining(a.endpoint),
  });
});

test('a query ends with the error of the node, of the time, or for want of a node', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  for (const answer of [
    encodeRpcError(1, -40_012, 'no permission'),
    new TextEncoder().encode('{"id":1,"result":{"Agency":5}}'),
    new TextEncoder().encode('not JSON'),
  ]) {
    node.scripts.set(RPC, (frame, session) => session.send(RPC, frame.seq, answer));
    expect(await rejection(world.run(client.getNodeInfo()))).toMatchObject({
      code: 'AMOP_CLIENT_NODE_QUERY',
    });
  }
  node.scripts.set(RPC, silent);
  const late = rejection(client.getNodeInfo({ timeoutMs: 100 }));
  await world.pass(200);
  expect(await late).toMatchObject({ code: 'AMOP_CLIENT_TIMEOUT' });
  await node.stop();
  const cut = rejection(client.getPeers());
  world.network.links[0]?.reset();
  await world.settle();
  expect(await cut).toMatchObject({ code: 'AMOP_CLIENT_NOT_CONNECTED' });
  expect(await rejection(client.getPeers())).toMatchObject({ code: 'AMOP_CLIENT_NOT_CONNECTED' });
});

test.each([
  ['a number', 5],
  ['an ArrayBuffer', new ArrayBuffer(2)],
  ['nothing', undefined],
])('a body that is %s is refused', async (_, body) => {
  const world = new World();
  const client = await world.client([await world.node()]);
  for (const call of [client.request('t', body as never), client.publish('t', body as never)]) {
    expect(await rejection(call)).toMatchObject({
      code: 'AMOP_CLIENT_OPTIONS',
      details: { option: 'body' },
    });
  }
});

test('a body above the limit is refused, one at the limit is not', async () => {
  const world = new World();
  const client = await world.client([await world.node()]);
  const limit = 104_857_600 - 1_048_576 - 42 - 255;
  expect(await rejection(client.request('t', new Uint8Array(limit + 1)))).toMatchObject({
    code: 'AMOP_CLIENT_TOO_LARGE',
    message: expect.stringContaining(`${limit}`),
  });
  expect(await rejection(world.run(client.request('t', new Uint8Array(limit))))).toMatchObject({
    code: 'AMOP_CLIENT_NO_SUBSCRIBER',
  });
});

test('a bad time of a call is refused by name', async () => {
  const world = new World();
  const client = await world.client([await world.node()]);
  const options = { timeoutMs: -1 };
  for (const call of [
    client.request('t', '', options),
    client.publish('t', '', options),
    client.subscribe('t', options),
    client.getPeers(options),
    client.close(options),
  ]) {
    expect(await rejection(call)).toMatchObject({
      code: 'AMOP_CLIENT_OPTIONS',
      details: { option: 'timeoutMs' },
    });
  }
});

test('options that are no object are refused: a handler in the wrong place, a bare number', async () => {
  const world = new World();
  const client = await world.client([await world.node()]);
  for (const call of [
    client.request('t', '', 500 as never),
    client.publish('t', '', silent as never),
    client.subscribe('t', 'handler' as never),
    client.getPeers(null as never),
  ]) {
    expect(await rejection(call)).toMatchObject({
      code: 'AMOP_CLIENT_OPTIONS',
      details: { option: 'options' },
    });
  }
});

test('every call of request and publish is counted with its outcome', async () => {
  const world = new World();
  const node = await world.node();
  const client = await world.client([node]);
  await world.run(client.subscribe('t', () => 'ok'));
  await world.run(client.request('t', 'x'));
  await world.run(client.publish('nobody', 'x'));
  await rejection(world.run(client.request('nobody', 'x')));
  await rejection(client.request('', 'x'));
  await rejection(client.publish('', 'x'));
  expect(client.counters()).toMatchObject({
    connects: 1,
    disconnects: 0,
    requests: 3,
    replies: 1,
    requestErrors: 2,
    publishes: 2,
    publishAcks: 1,
    publishErrors: 1,
    requestsReceived: 1,
    answers: 1,
    pendingCalls: 0,
    subscribedTopics: 1,
    connectedNodes: 1,
  });
  for (const value of Object.values(client.counters())) expect(value).toBeTypeOf('number');
});
