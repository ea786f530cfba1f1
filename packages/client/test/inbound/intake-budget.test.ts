import { ChannelType } from '@amop/codec';
import { expect, test } from 'vitest';
import { IntakeBudget } from '../../src/inbound/intake-budget.ts';
import { rejection, World } from '../support/world.ts';

const { request: REQUEST, response: RESPONSE, multicast: MULTICAST } = ChannelType;

test('it is full from the mark on until half of it is left', () => {
  const log: string[] = [];
  const budget = new IntakeBudget(
    { maxBytes: 10_000 },
    { onFull: (bytes) => log.push(`full ${bytes}`), onFree: (bytes) => log.push(`free ${bytes}`) },
  );
  for (let count = 0; count < 12; count++) budget.take(744);
  expect(budget.usedBytes).toBe(12_000);
  expect(log).toEqual(['full 10000']);
  for (let count = 0; count < 6; count++) budget.release(744);
  expect(budget.full).toBe(true);
  budget.release(744);
  expect(log).toEqual(['full 10000', 'free 5000']);
  expect(budget.full).toBe(false);
});

test('an iterator that is not read stops reading from the node, and nothing is lost', async () => {
  const world = new World({ windowBytes: 5_000 });
  const node = await world.node();
  const client = await world.client([node], { limits: { maxQueuedBytes: 100_000 } });
  const events: string[] = [];
  client.on('paused', () => events.push('paused'));
  client.on('resumed', () => events.push('resumed'));
  const subscription = await world.run(client.subscribe('t'));
  for (let index = 0; index < 500; index++) {
    node.session.push(MULTICAST, 't', `${index}`.padEnd(744));
  }
  await world.settle();
  // The mark, and what was under way in the network when it was reached.
  expect(client.counters().queuedBytes).toBeGreaterThanOrEqual(100_000);
  expect(client.counters().queuedBytes).toBeLessThan(110_000);
  expect(node.session.connection.backlogBytes).toBeGreaterThan(200_000);
  expect(events).toEqual(['paused']);

  const iterator = subscription[Symbol.asyncIterator]();
  for (let index = 0; index < 500; index++) {
    const result = await world.run(iterator.next());
    expect(result.value?.text().trim()).toBe(`${index}`);
  }
  expect(node.session.connection.backlogBytes).toBe(0);
  expect(events.at(-1)).toBe('resumed');
  expect(client.counters()).toMatchObject({ queuedBytes: 0, multicastsReceived: 500 });
});

test('handlers that do not end count too', async () => {
  const world = new World({ windowBytes: 2_000 });
  const node = await world.node();
  const client = await world.client([node], { limits: { maxQueuedBytes: 10_000 } });
  const ends: (() => void)[] = [];
  await world.run(
    client.subscribe('t', () => new Promise<void>((resolve) => void ends.push(resolve))),
  );
  for (let index = 0; index < 100; index++) node.session.push(REQUEST, 't', 'x'.repeat(744));
  await world.settle();
  expect(ends.length).toBeGreaterThanOrEqual(10);
  expect(ends.length).toBeLessThan(15);
  while (ends.length > 0) {
    for (const end of ends.splice(0)) end();
    await world.settle();
  }
  expect(node.session.of(RESPONSE)).toHaveLength(100);
  expect(client.counters()).toMatchObject({ queuedBytes: 0 });
});

test('silence of a node that is not read is no reason to give it up', async () => {
  const world = new World({ windowBytes: 2_000 });
  const node = await world.node();
  const client = await world.client([node], { limits: { maxQueuedBytes: 1_000 } });
  const subscription = await world.run(client.subscribe('t'));
  for (let index = 0; index < 10; index++) node.session.push(MULTICAST, 't', 'x'.repeat(2_000));
  await world.pass(300_000, 10_000);
  expect(client.counters()).toMatchObject({ connects: 1, disconnects: 0 });
  const iterator = subscription[Symbol.asyncIterator]();
  for (let index = 0; index < 10; index++) await world.run(iterator.next());
});

test('a link that is made while reading is paused gets through its handshake, then pauses', async () => {
  const world = new World();
  const [a, b] = [await world.node(), await world.node()];
  await b.stop();
  const client = await world.client([a, b], { limits: { maxQueuedBytes: 1_000 } });
  const subscription = await world.run(client.subscribe('t'));
  a.session.push(MULTICAST, 't', 'x'.repeat(2_000));
  await world.settle();
  expect(client.counters()).toMatchObject({ pauses: 1 });
  await b.start();
  await world.pass(10_000, 100);
  expect(client.counters()).toMatchObject({ connectedNodes: 2 });
  b.session.push(MULTICAST, 't', 'by b');
  await world.settle();
  expect(subscription.queued).toBe(1);
  const iterator = subscription[Symbol.asyncIterator]();
  await world.run(iterator.next());
  expect((await world.run(iterator.next())).value?.text()).toBe('by b');
});

test('requests time out while the application takes nothing, and work again afterwards', async () => {
  const world = new World();
  const node = await world.node();
  node.scripts.set(REQUEST, (frame, session) => session.send(RESPONSE, frame.seq, frame.data));
  const client = await world.client([node], { limits: { maxQueuedBytes: 1_000 } });
  const subscription = await world.run(client.subscribe('t'));
  node.session.push(MULTICAST, 't', 'x'.repeat(2_000));
  await world.settle();
  expect(await rejection(world.run(client.request('u', 'x'), 5_100))).toMatchObject({
    code: 'AMOP_CLIENT_TIMEOUT',
  });
  await world.run(subscription[Symbol.asyncIterator]().next());
  expect((await world.run(client.request('u', 'y'))).text()).toBe('y');
});
