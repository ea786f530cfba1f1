import { ChannelFrame, ChannelType, readAmopBody } from '@amop/codec';
import type { Connection } from '@amop/ports';
import { createMemoryNetwork, ManualScheduler } from '@amop/testkit';
import { expect, test } from 'vitest';
import { ClientCounters } from '../../src/counters.ts';
import { FrameLine } from '../../src/link/frame-line.ts';
import { seqOf } from '../support/scripted-session.ts';

const TOPIC = new TextEncoder().encode('t');

/** A line over a link whose other end does not read, unless told to; what it writes is noted. */
async function open(): Promise<{
  line: FrameLine;
  /** Lets the other end read. */
  read: () => void;
  scheduler: ManualScheduler;
  writes: Uint8Array[];
  counters: ClientCounters;
}> {
  const scheduler = new ManualScheduler();
  const network = createMemoryNetwork({ scheduler, windowBytes: 10 });
  const host = '127.0.0.1';
  const accepted: Connection[] = [];
  const onConnection = (each: Connection) => accepted.push(each);
  await network.transport().listen({ host, port: 1, onConnection, onRefused: () => {} });
  const dialled = network.transport().dial({ host, port: 1 });
  await scheduler.runUntilIdle();
  const connection: Connection = await dialled;
  const writes: Uint8Array[] = [];
  const write = connection.write.bind(connection);
  connection.write = (bytes) => {
    writes.push(bytes);
    write(bytes);
  };
  const counters = new ClientCounters();
  const line = new FrameLine({ node: 'n' }, { connection, scheduler, counters });
  connection.attach({ onData: () => {}, onDrain: () => line.handleDrain(), onClose: () => {} });
  const reader = { onData: () => {}, onDrain: () => {}, onClose: () => {} };
  const read = () => accepted[0]?.attach(reader);
  return { line, read, scheduler, writes, counters };
}

test('frames of a turn are one write', async () => {
  const { line, scheduler, writes, counters } = await open();
  for (const text of ['a', 'b']) {
    line.sendMessage(ChannelType.request, seqOf(text), 7, TOPIC, Uint8Array.of(1, 2));
  }
  line.sendFrame(ChannelType.heartbeat, seqOf('c'), 0, Uint8Array.of(3));
  expect(writes).toEqual([]);
  await scheduler.runUntilIdle();
  expect(writes).toHaveLength(1);
  expect(writes[0]).toHaveLength(46 + 46 + 43);
  expect(counters.bytesSent).toBe(46 + 46 + 43);
  const frame = new ChannelFrame(new Uint8Array(writes[0]?.subarray(0, 46) ?? []));
  expect(frame).toMatchObject({ type: 0x30, result: 7, seq: seqOf('a') });
  expect(readAmopBody(frame.data)).toEqual({ topic: 't', content: Uint8Array.of(1, 2) });
});

test('a large body is written as it lies, not copied', async () => {
  const { line, scheduler, writes } = await open();
  const body = new Uint8Array(20_000).fill(5);
  line.sendMessage(ChannelType.request, seqOf('a'), 0, TOPIC, body);
  await scheduler.runUntilIdle();
  expect(writes).toHaveLength(2);
  expect(writes[1]?.buffer).toBe(body.buffer);
  expect(line.acceptedBytes).toBe(44 + 20_000);
});

test('the memory of a body that is spent is given back, but not before all of it has left', async () => {
  const { line, read, scheduler } = await open();
  const spent = new Uint8Array(600_000);
  const kept = new Uint8Array(20_000);
  line.sendMessage(ChannelType.response, seqOf('a'), 0, TOPIC, spent, true);
  line.sendMessage(ChannelType.response, seqOf('b'), 0, TOPIC, kept);
  await scheduler.runUntilIdle();
  expect([spent.length, kept.length]).toEqual([600_000, 20_000]);
  read();
  await scheduler.runUntilIdle();
  expect(line.queuedBytes).toBe(0);
  expect([spent.length, kept.length]).toEqual([0, 20_000]);
});

test('bytes are handed over when the connection has them, sent or not', async () => {
  const { line, scheduler } = await open();
  line.sendFrame(ChannelType.heartbeat, seqOf('a'), 0, new Uint8Array(158));
  expect([line.acceptedBytes, line.handedBytes, line.queuedBytes]).toEqual([200, 0, 200]);
  await scheduler.runUntilIdle();
  expect([line.acceptedBytes, line.handedBytes]).toEqual([200, 200]);
  expect(line.queuedBytes).toBe(190);
});
