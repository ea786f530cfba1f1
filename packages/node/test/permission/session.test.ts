import { ChannelType, parseErrorDetail, parseSubscribeAck } from '@amop/codec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AmopNode } from '../../src/index.ts';
import { World } from '../world/world.ts';

const CERTIFICATE = { fingerprint256: 'ab'.repeat(32) };

let world: World;
let node: AmopNode;

beforeEach(async () => {
  world = new World();
  const rule = { publish: ['rates.*'], subscribe: ['orders'] };
  const certificates = new Map([[CERTIFICATE.fingerprint256, rule]]);
  node = await world.node({ permissions: { certificates } });
});

afterEach(() => world.stop());

describe('an application with rights to some topics', () => {
  it('may publish on them, and gets 121 on others', async () => {
    const other = (await world.session(node)).answering();
    other.subscribe('rates.eur', 'secret');
    await world.settle();
    const session = await world.session(node, undefined, CERTIFICATE);
    const results = async (seq: string): Promise<number[]> => {
      await world.settle();
      return session.results(seq);
    };
    expect(await results(session.request('rates.eur'))).toEqual([0]);
    expect(await results(session.multicast('rates.eur'))).toEqual([0]);
    expect(await results(session.request('secret'))).toEqual([121]);
    expect(await results(session.multicast('secret'))).toEqual([121]);
    expect(session.frames.at(-1)?.data).toHaveLength(0);
    expect(other.of(ChannelType.request)).toHaveLength(1);
    expect(other.of(ChannelType.multicast)).toHaveLength(1);
    expect(node.counters().notPermitted).toBe(2);
  });

  it('is subscribed to them alone, without a word as in the original', async () => {
    const session = (await world.session(node, undefined, CERTIFICATE)).answering();
    session.subscribe('orders', 'secret');
    await world.settle();
    const asker = await world.session(node);
    const seqs = ['orders', 'secret'].map((topic) => asker.request(topic));
    await world.settle();
    expect(seqs.map((seq) => asker.results(seq))).toEqual([[0], [100]]);
    expect(node.counters()).toMatchObject({ notPermitted: 1, topicsRefused: 1 });
    expect(world.logger.entries.map(({ details: { reason } }) => reason)).toContain(
      'not-permitted',
    );
  });

  it('is told which topics it did not get, and why, if it speaks our extension', async () => {
    const session = await world.session(node, ['ack', 'errors'], CERTIFICATE);
    session.subscribe('orders', 'secret');
    session.send(ChannelType.subscribe, '{"add":["other"]}');
    const seq = session.request('secret');
    await world.settle();
    const acks = session.of(ChannelType.subscribe).map(({ data }) => parseSubscribeAck(data));
    expect(acks.map((ack) => ack?.refused)).toEqual([
      [{ topic: 'secret', reason: 'not-permitted' }],
      [{ topic: 'other', reason: 'not-permitted' }],
    ]);
    const answer = session.frames.find(({ seqKey }) => seqKey === seq);
    expect(parseErrorDetail(answer?.data ?? new Uint8Array())).toMatchObject({
      reason: 'not-permitted',
      maybeDelivered: 'no',
      retryable: false,
    });
  });

  it('may answer what it is asked', async () => {
    const session = (await world.session(node, undefined, CERTIFICATE)).answering();
    session.subscribe('orders');
    await world.settle();
    const asker = await world.session(node);
    const seq = asker.request('orders');
    await world.settle();
    expect(asker.results(seq)).toEqual([0]);
  });
});

it('an application that no rule names may do everything', async () => {
  const session = (await world.session(node)).answering();
  session.subscribe('secret');
  await world.settle();
  const seq = session.request('secret');
  await world.settle();
  expect(session.results(seq)).toEqual([0]);
});
