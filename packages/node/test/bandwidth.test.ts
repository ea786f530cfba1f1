import { ChannelType } from '@amop/codec';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AmopNode } from '../src/index.ts';
import { type RawSession, text } from './world/raw-session.ts';
import { World } from './world/world.ts';

const BYTES_PER_S = 1_000;
/** More than is saved: its sender owes for two more seconds after it. */
const LARGE = 'x'.repeat(3 * BYTES_PER_S);

let world: World;
let near: AmopNode;
let asker: RawSession;
let subscriber: RawSession;

beforeEach(async () => {
  world = new World();
  near = await world.node({ outgoingBytesPerS: BYTES_PER_S });
  const far = await world.node({ peers: [near.p2pAddress] });
  await world.pass(40);
  asker = await world.session(near);
  subscriber = (await world.session(far)).answering();
  subscriber.subscribe('news');
  await world.settle();
});

afterEach(() => world.stop());

async function results(seq: string, session = asker): Promise<number[]> {
  await world.settle();
  return session.results(seq);
}

it('D-25 refuses with 103 and empty data what would need more, and goes on when it is paid', async () => {
  expect(await results(asker.request('news', LARGE))).toEqual([0]);
  const refused = asker.request('news');
  expect(await results(refused)).toEqual([103]);
  const [frame] = asker.frames.filter(({ seqKey }) => seqKey === refused);
  expect(frame?.data.length).toBe(0);
  expect(subscriber.of(ChannelType.request)).toHaveLength(1);
  expect(near.counters().overBandwidth).toBe(1);
  await world.pass(2_200);
  expect(await results(asker.request('news'))).toEqual([0]);
});

it('refuses a multicast in the same way', async () => {
  expect(await results(asker.multicast('news', LARGE))).toEqual([0]);
  expect(await results(asker.multicast('news'))).toEqual([103]);
  expect(subscriber.of(ChannelType.multicast)).toHaveLength(1);
});

it('D-25 lets pass what no other node listens to', async () => {
  const local = (await world.session(near)).answering('here');
  local.subscribe('local');
  expect(await results(asker.request('news', LARGE))).toEqual([0]);
  expect(await results(asker.request('local'))).toEqual([0]);
  expect(await results(asker.multicast('local'))).toEqual([0]);
  expect(await results(asker.request('nobody'))).toEqual([100]);
});

it('D-25 counts answers too, which are never held back, and take half of it at most', async () => {
  const answering = (await world.session(near)).answering(LARGE);
  answering.subscribe('ours');
  await world.settle();
  const seqs = Array.from({ length: 20 }, () => subscriber.request('ours'));
  for (const seq of seqs) expect(await results(seq, subscriber)).toEqual([0]);
  expect(await results(asker.request('news', LARGE))).toEqual([0]);
  // Without the answers it would be paid by now.
  await world.pass(2_600);
  expect(await results(asker.request('news'))).toEqual([103]);
  await world.pass(1_000);
  expect(await results(asker.request('news'))).toEqual([0]);
});

it('D-25 leaves alone who has not sent too much', async () => {
  const other = await world.session(near);
  expect(await results(asker.request('news', LARGE))).toEqual([0]);
  expect(await results(asker.request('news'))).toEqual([103]);
  expect(await results(other.request('news'), other)).toEqual([0]);
});

it('tells one of our clients why', async () => {
  const client = await world.session(near, ['errors', 'ack']);
  client.request('news', LARGE);
  await world.settle();
  const seq = client.multicast('news');
  expect(await results(seq, client)).toEqual([103]);
  const frame = client.frames.find(({ seqKey }) => seqKey === seq);
  expect(JSON.parse(text(frame?.data ?? new Uint8Array()))).toMatchObject({
    reason: 'over-bandwidth',
    maybeDelivered: 'no',
    retryable: true,
  });
});
