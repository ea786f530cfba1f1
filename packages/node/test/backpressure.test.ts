import { ChannelType } from '@amop/codec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AmopNode } from '../src/index.ts';
import { World } from './world/world.ts';

const KIB = 1024;
const LIMITS = { highWaterBytes: 64 * KIB, lowWaterBytes: 16 * KIB, cutBytes: 512 * KIB };
const OURS = ['batch', 'deadline', 'ack', 'errors'];

let world: World;
let node: AmopNode;

beforeEach(async () => {
  world = new World({ windowBytes: 16 * KIB, maxChunkBytes: 4 * KIB });
  node = await world.node({ limits: LIMITS });
});

afterEach(() => world.stop());

describe('a subscriber that has stopped reading', () => {
  it('holds up its sender for a limited time, then is cut with a counted reason (D-22)', async () => {
    const sender = await world.session(node, OURS);
    const stopped = await world.session(node, OURS);
    const healthy = await world.session(node, OURS);
    for (const session of [stopped, healthy]) session.subscribe('flood');
    await world.settle();
    stopped.connection.pause();

    const total = 200;
    for (let count = 0; count < total; count++) sender.multicast('flood', 'x'.repeat(8 * KIB));
    await world.settle();
    const before = healthy.of(ChannelType.multicast).length;
    expect(before).toBeLessThan(total);
    expect(stopped.isClosed).toBe(false);

    await world.pass(2_000);
    expect(healthy.of(ChannelType.multicast)).toHaveLength(total);
    expect(stopped.isClosed).toBe(true);
    expect(node.counters().cuts['slow-consumer']).toBe(1);
  });

  it('that reads on in time loses nothing', async () => {
    const sender = await world.session(node, OURS);
    const slow = await world.session(node, OURS);
    slow.subscribe('flood');
    await world.settle();
    const total = 200;
    slow.connection.pause();
    for (let count = 0; count < total; count++) sender.multicast('flood', 'x'.repeat(8 * KIB));
    for (let round = 0; round < 200; round++) {
      slow.connection.resume();
      await world.settle();
      slow.connection.pause();
      await world.pass(40);
    }
    expect(slow.of(ChannelType.multicast)).toHaveLength(total);
    expect(node.counters().cuts['slow-consumer']).toBe(0);
  });

  it('of a peer is slowed down across the p2p link, and nobody buffers without limit', async () => {
    const near = await world.node({ limits: LIMITS, peers: [node.p2pAddress] });
    const sender = await world.session(near, OURS);
    const stopped = await world.session(node, OURS);
    stopped.subscribe('flood');
    await world.pass(40);
    stopped.connection.pause();
    for (let count = 0; count < 400; count++) sender.multicast('flood', 'x'.repeat(8 * KIB));
    await world.settle();
    expect(sender.connection.backlogBytes).toBeGreaterThan(0);
    await world.pass(5_000);
    expect(stopped.isClosed).toBe(true);
    expect(sender.connection.backlogBytes).toBe(0);
  });
});

describe('two sessions that flood each other and do not read', () => {
  it('cannot lock up the node', async () => {
    const [one, two] = [await world.session(node, OURS), await world.session(node, OURS)];
    one.subscribe('to-one');
    two.subscribe('to-two');
    await world.settle();
    for (const session of [one, two]) session.connection.pause();
    for (let count = 0; count < 40; count++) {
      one.multicast('to-two', 'x'.repeat(8 * KIB));
      two.multicast('to-one', 'x'.repeat(8 * KIB));
    }
    await world.pass(1_000);
    for (const session of [one, two]) session.connection.resume();
    await world.settle();
    expect(one.of(ChannelType.multicast)).toHaveLength(40);
    expect(two.of(ChannelType.multicast)).toHaveLength(40);
  });
});
