import { P2pPacket, P2pProtocol } from '@amop/codec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from './world/world.ts';

const KIB = 1024;

let world: World;

beforeEach(() => {
  world = new World({ windowBytes: 4 * KIB });
});

afterEach(() => world.stop());

describe('a peer that does not read', () => {
  it('D-22 is cut when it takes nothing for a second and its queue is above the mark', async () => {
    const limits = { highWaterBytes: 4 * KIB, lowWaterBytes: KIB, cutBytes: 64 * KIB, pauseMs: 20 };
    const node = await world.node({ limits });
    const sender = await world.session(node);
    const peer = await world.originalPeer(node);
    peer.list('news');
    await world.settle();
    peer.connection.pause();
    for (let count = 0; count < 100; count++) sender.multicast('news', 'x'.repeat(KIB));
    await world.pass(900);
    expect(peer.isClosed).toBe(false);
    await world.pass(200);
    expect(peer.isClosed).toBe(true);
    expect(node.counters().cuts['slow-consumer']).toBe(1);
  });
});

describe('a receiver at any pace', () => {
  it('D-22 is cut at once when its queue is above the largest that there may be', async () => {
    const limits = { highWaterBytes: 4 * KIB, lowWaterBytes: KIB, cutBytes: 8 * KIB };
    const node = await world.node({ limits: { ...limits, maxQueueBytes: 64 * KIB } });
    const subscriber = await world.session(node);
    const senders = await Promise.all(Array.from({ length: 40 }, () => world.session(node)));
    subscriber.subscribe('news');
    await world.settle();
    subscriber.connection.pause();
    for (const sender of senders)
      sender.multicast('news', `${senders.indexOf(sender)}${'x'.repeat(3 * KIB)}`);
    await world.settle();
    expect(subscriber.isClosed).toBe(true);
    expect(node.counters().cuts['slow-consumer']).toBe(1);
  });
});

describe('what others may bring', () => {
  it('D-22 more topics than the node may have are refused, whichever session names them', async () => {
    const node = await world.node({ limits: { maxTopics: 2 } });
    const sessions = [await world.session(node), await world.session(node)];
    for (const [index, session] of sessions.entries()) session.subscribe(`a${index}`, `b${index}`);
    await world.settle();
    expect(node.counters()).toMatchObject({ topics: 2, topicsRefused: 2 });
  });

  it('D-22 more topics than a peer may have are left out', async () => {
    const node = await world.node({ limits: { maxTopics: 2 } });
    const peer = await world.originalPeer(node);
    peer.list('a', 'b', 'c');
    await world.settle();
    expect(peer.of(P2pProtocol.topics, P2pPacket.topicListRequest)).toHaveLength(1);
    expect(node.counters().topics).toBe(2);
  });

  it('D-22 more peers than allowed are refused, a second connection of one of them is not', async () => {
    const node = await world.node({ limits: { maxPeers: 1 } });
    const identity = { nodeId: 'c'.repeat(128) };
    const first = await world.originalPeer(node, identity);
    const again = await world.originalPeer(node, identity);
    const other = await world.originalPeer(node);
    expect([first, again, other].map(({ isClosed }) => isClosed)).toEqual([false, false, true]);
    expect(node.counters().peerRefusals['too-many-peers']).toBe(1);
  });
});
