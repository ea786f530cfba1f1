import { ChannelType } from '@amop/codec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from './world/world.ts';

let world: World;

beforeEach(() => {
  world = new World();
});

afterEach(() => world.stop());

describe('a node that stops', () => {
  it('waits for what is under way, and refuses what is new with 103', async () => {
    const node = await world.node();
    const asker = await world.session(node, ['errors']);
    const subscriber = await world.session(node);
    subscriber.subscribe('news');
    await world.settle();
    const underWay = asker.request('news');
    await world.settle();
    const stopped = node.stop();
    await world.pass(100);
    const late = asker.request('news');
    await world.settle();
    const [pushed] = subscriber.of(ChannelType.request);
    if (pushed !== undefined) subscriber.answer(pushed);
    await world.pass(1_100);
    await stopped;
    expect([asker.results(underWay), asker.results(late)]).toEqual([[0], [103]]);
    expect(node.counters().messageRefusals.stopping).toBe(1);
    expect([asker.isClosed, subscriber.isClosed]).toEqual([true, true]);
  });

  it('sends what its peers ask on to others, and does not wait for what comes after', async () => {
    const near = await world.node();
    const far = await world.node({ peers: [near.p2pAddress] });
    const other = await world.node({ peers: [near.p2pAddress] });
    await world.pass(40);
    const asker = await world.session(near, ['deadline', 'errors']);
    const leaving = (await world.session(far)).answering('leaving');
    const staying = (await world.session(other)).answering('staying');
    for (const session of [leaving, staying]) session.subscribe('news');
    await world.pass(40);
    const stopped = far.stop();
    await world.settle();
    const seqs = Array.from({ length: 20 }, () => asker.request('news', 'x', { result: 3_000 }));
    await world.pass(1_200);
    await stopped;
    expect(seqs.flatMap((seq) => asker.results(seq))).toEqual(seqs.map(() => 0));
    expect(leaving.of(ChannelType.request)).toEqual([]);
    expect(staying.of(ChannelType.request)).toHaveLength(20);
  });

  it('waits for 5 s at most', async () => {
    const node = await world.node();
    const [asker, silent] = [await world.session(node), await world.session(node)];
    silent.subscribe('news');
    await world.settle();
    asker.request('news');
    await world.settle();
    const stopped = node.stop();
    await world.pass(4_900);
    expect(asker.isClosed).toBe(false);
    await world.pass(1_300);
    await stopped;
    expect(asker.isClosed).toBe(true);
  });
});
