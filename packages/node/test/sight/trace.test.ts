import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AmopNode, AuditRecord } from '../../src/index.ts';
import { TraceRing } from '../../src/sight/trace-ring.ts';
import { World } from '../world/world.ts';

let world: World;

beforeEach(() => {
  world = new World();
});

afterEach(() => world.stop());

async function tracedPair(): Promise<[AmopNode, AmopNode]> {
  const near = await world.node({ trace: true });
  const far = await world.node({ trace: true, peers: [near.p2pAddress] });
  await world.pass(40);
  return [near, far];
}

describe('the trace of a message', () => {
  it('tells its way over two nodes, and who took part', async () => {
    const [near, far] = await tracedPair();
    const asker = await world.session(near, undefined, { commonName: 'asker' });
    const subscriber = await world.session(far, undefined, { commonName: 'subscriber' });
    subscriber.answering().subscribe('news');
    await world.settle();
    const seq = asker.request('news');
    await world.settle();
    const way = (node: AmopNode): string[] =>
      node.sight.trace(seq).map(({ code, kind, party }) => `${kind} ${party?.name} ${code}`);
    expect(way(near)).toEqual(['received asker 0', 'given node1 0', 'answered node1 0']);
    expect(way(far)).toEqual(['received node0 0', 'given subscriber 0', 'answered subscriber 0']);
    expect(near.sight.trace(seq)[0]).toMatchObject({ topic: 'news', seq });
  });

  it('says why there was no answer', async () => {
    const node = await world.node({ trace: true });
    const asker = await world.session(node);
    const seq = asker.request('nobody');
    await world.settle();
    expect(node.sight.trace(seq).at(-1)).toMatchObject({
      kind: 'failed',
      code: 100,
      reason: 'no-subscriber',
    });
  });

  it('says what was refused before it was routed', async () => {
    const node = await world.node({
      trace: true,
      permissions: { default: { publish: ['other'] } },
    });
    const asker = await world.session(node);
    const seq = asker.request('news');
    await world.settle();
    expect(node.sight.trace(seq)).toMatchObject([
      { kind: 'refused', code: 121, reason: 'not-permitted' },
    ]);
  });

  it('tells how many a multicast went to', async () => {
    const [near, far] = await tracedPair();
    const sender = await world.session(near);
    for (const node of [near, far, far]) (await world.session(node)).subscribe('news');
    await world.pass(40);
    const seq = sender.multicast('news');
    await world.settle();
    expect(near.sight.trace(seq)).toMatchObject([
      { kind: 'multicast', toApplications: 1, toPeers: 1 },
    ]);
    expect(far.sight.trace(seq)).toMatchObject([
      { kind: 'multicast', toApplications: 2, toPeers: 0 },
    ]);
  });

  it('is not kept by a node that is not told to', async () => {
    const node = await world.node();
    const asker = await world.session(node);
    const seq = asker.request('nobody');
    await world.settle();
    expect(node.sight.trace(seq)).toEqual([]);
  });
});

describe('a trace ring', () => {
  it('forgets the oldest events, and keeps the order', () => {
    const ring = new TraceRing(3);
    for (const topic of ['a', 'b', 'c', 'd', 'e']) ring.add('received', 0, 's', topic, undefined);
    expect(ring.of('s').map(({ topic }) => topic)).toEqual(['c', 'd', 'e']);
  });

  it('clears what an older event left in its slot', () => {
    const ring = new TraceRing(1);
    const slot = ring.add('failed', 0, 's', 'a', undefined);
    slot.code = 104;
    slot.reason = 'no-answer';
    ring.add('received', 1, 's', 'a', undefined);
    expect(ring.of('s')).toMatchObject([{ code: 0, reason: '' }]);
  });

  it('finds a message by the seq that it was given under', () => {
    const ring = new TraceRing(10);
    ring.add('received', 0, 'asked', 'a', undefined);
    ring.add('given', 0, 'asked', 'a', undefined).outSeq = 'given';
    ring.add('received', 0, 'other', 'a', undefined);
    expect(ring.of('given').map(({ kind }) => kind)).toEqual(['received', 'given']);
  });
});

describe('the audit log', () => {
  it('has one record for each message: who, what size, to whom, what came of it', async () => {
    const records: AuditRecord[] = [];
    const node = await world.node({ audit: (record) => records.push(record) });
    const asker = await world.session(node, undefined, { commonName: 'asker' });
    const subscriber = await world.session(node, undefined, { commonName: 'subscriber' });
    subscriber.answering('reply').subscribe('news');
    await world.settle();
    asker.request('news', 'x'.repeat(100));
    asker.request('nobody');
    asker.multicast('news');
    await world.settle();
    const named = records.map(({ from, to, ...rest }) => ({
      ...rest,
      from: from?.name,
      to: to?.name,
    }));
    const byOutcome = (outcome: string): unknown => named.find((each) => each.outcome === outcome);
    expect(records).toHaveLength(3);
    expect(byOutcome('answered')).toMatchObject({
      type: 'request',
      topic: 'news',
      from: 'asker',
      to: 'subscriber',
      bytes: 147,
      answerBytes: 51,
      code: 0,
    });
    expect(byOutcome('failed')).toMatchObject({ topic: 'nobody', code: 100 });
    expect(byOutcome('delivered')).toMatchObject({ type: 'multicast', toApplications: 1 });
    expect(JSON.stringify(records)).not.toContain('xxx');
  });
});
