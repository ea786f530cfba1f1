import {
  ChannelType,
  encodeChannelFrame,
  encodeTopicSequence,
  P2P_COMPRESSED,
  P2pPacket,
  P2pProtocol,
  seqFromKey,
} from '@amop/codec';
import { compress } from '@amop/codec/compression';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AmopNode } from '../src/index.ts';
import { body, text } from './world/raw-session.ts';
import { World } from './world/world.ts';

let world: World;

beforeEach(() => {
  world = new World();
});

afterEach(() => world.stop());

async function pair(): Promise<[AmopNode, AmopNode]> {
  const first = await world.node();
  const second = await world.node({ peers: [first.p2pAddress] });
  await world.pass(40);
  return [first, second];
}

function innerFrame(type: number, topic: string, content = 'ask'): Uint8Array {
  return encodeChannelFrame({ type, seq: seqFromKey('5'.repeat(32)), data: body(topic, content) });
}

describe('two nodes of ours', () => {
  it('D-16 route a request as soon as the subscription is made, without any time passing', async () => {
    const [near, far] = await pair();
    const asker = await world.session(near);
    const subscriber = (await world.session(far)).answering('from afar');
    subscriber.subscribe('news');
    await world.settle();
    const seq = asker.request('news');
    await world.settle();
    expect(asker.results(seq)).toEqual([0]);
    expect(text(asker.frames[0]?.data ?? new Uint8Array(0))).toContain('from afar');
  });

  it('D-16 forget a route at once when its subscriber leaves', async () => {
    const [near, far] = await pair();
    const asker = await world.session(near);
    const subscriber = await world.session(far);
    subscriber.subscribe('news');
    await world.settle();
    subscriber.connection.destroy();
    await world.pass(20);
    const seq = asker.request('news');
    await world.settle();
    expect(asker.results(seq)).toEqual([100]);
  });

  it('D-15 share requests by subscribers, not by nodes', async () => {
    const [near, far] = await pair();
    const asker = await world.session(near);
    const subscribers = [
      await world.session(near),
      await world.session(far),
      await world.session(far),
    ];
    for (const subscriber of subscribers) subscriber.answering().subscribe('news');
    await world.pass(40);
    for (let count = 0; count < 600; count++) asker.request('news');
    await world.settle();
    for (const subscriber of subscribers) {
      const received = subscriber.of(ChannelType.request).length;
      expect(received).toBeGreaterThan(130);
      expect(received).toBeLessThan(280);
    }
    expect(asker.of(ChannelType.response)).toHaveLength(600);
  });

  it('deliver a multicast once to each session of both', async () => {
    const [near, far] = await pair();
    const sender = await world.session(near);
    const others = [await world.session(near), await world.session(far), await world.session(far)];
    for (const session of [sender, ...others]) session.subscribe('news');
    await world.pass(40);
    sender.multicast('news');
    await world.settle();
    for (const session of [sender, ...others]) {
      expect(session.of(ChannelType.multicast)).toHaveLength(1);
    }
  });

  it('D-19 drop the copy of a multicast that an original publisher sends through both', async () => {
    const [near, far] = await pair();
    const senders = [await world.session(near), await world.session(far)];
    const subscriber = await world.session(far);
    subscriber.subscribe('news');
    await world.pass(40);
    for (const sender of senders) sender.multicast('news', 'flash', { seq: '7'.repeat(32) });
    await world.settle();
    expect(subscriber.of(ChannelType.multicast)).toHaveLength(1);
  });

  it('D-18 the deadline of a client of ours ends the request everywhere, without a second handler', async () => {
    const [near, far] = await pair();
    const asker = await world.session(near, ['deadline', 'errors']);
    const silent = [await world.session(far), await world.session(far)];
    for (const session of silent) session.subscribe('news');
    await world.pass(40);
    const seq = asker.request('news', 'ask', { result: 7_000 });
    await world.pass(7_100);
    expect(asker.results(seq)).toEqual([104]);
    expect(silent.flatMap((session) => session.of(ChannelType.request))).toHaveLength(1);
    expect([near, far].map((node) => node.counters().pendingRequests)).toEqual([0, 0]);
  });

  it('carry bodies of a megabyte, in chunks of any size', async () => {
    world = new World({ maxChunkBytes: 40_000, windowBytes: 160_000 });
    const [near, far] = await pair();
    const asker = await world.session(near);
    const subscriber = await world.session(far);
    const large = 'x'.repeat(1024 * 1024);
    subscriber.onRequest = (frame) => subscriber.answer(frame, large);
    subscriber.subscribe('bulk');
    await world.pass(40);
    const seq = asker.request('bulk', large);
    await world.settle();
    expect(subscriber.of(ChannelType.request)[0]?.data).toEqual(body('bulk', large));
    expect(asker.results(seq)).toEqual([0]);
    expect(asker.frames[0]?.data).toEqual(body('any', large));
  });

  it('D-28 dial each other at the same moment and end with one connection that works', async () => {
    const first = await world.node({
      p2pPort: 40_001,
      peers: [{ host: '127.0.0.1', port: 40_002 }],
    });
    const second = await world.node({
      p2pPort: 40_002,
      peers: [{ host: '127.0.0.1', port: 40_001 }],
    });
    await world.pass(15_000);
    expect([first, second].map((node) => node.counters().peers)).toEqual([1, 1]);
    const disconnected = world.logger.entries.filter(
      ({ message }) => message === 'peer disconnected',
    );
    expect(disconnected).toEqual([]);
    const asker = await world.session(first);
    const subscriber = (await world.session(second)).answering();
    subscriber.subscribe('news');
    await world.settle();
    const seq = asker.request('news');
    await world.settle();
    expect(asker.results(seq)).toEqual([0]);
  });

  it('find each other again when the connection broke', async () => {
    const [near, far] = await pair();
    const asker = await world.session(near);
    const subscriber = (await world.session(far)).answering();
    subscriber.subscribe('news');
    await world.pass(40);
    world.network.links.find((link) => link.dialer.remotePort === near.p2pAddress.port)?.reset();
    await world.pass(1_500);
    const seq = asker.request('news');
    await world.settle();
    expect(asker.results(seq)).toEqual([0]);
  });
});

describe('an original peer', () => {
  it('D-16 D-26 hears of a change at once, and of nothing when nothing changed', async () => {
    const node = await world.node();
    const peer = await world.originalPeer(node);
    const session = await world.session(node);
    const heartbeats = (): number => peer.of(P2pProtocol.topics, P2pPacket.topicSequence).length;
    expect(heartbeats()).toBe(1);
    session.subscribe('news');
    await world.settle();
    expect(heartbeats()).toBe(2);
    session.subscribe('news');
    await world.pass(40);
    expect(heartbeats()).toBe(2);
  });

  it('D-17 its 104 is not final while another node has subscribers', async () => {
    const node = await world.node();
    const asker = await world.session(node);
    const peers = [await world.originalPeer(node), await world.originalPeer(node)];
    for (const peer of peers) {
      peer.list('news');
      peer.onRequest = (inner, p2pSeq) => {
        const isFirst =
          peers.every(({ frames }) => frames.filter(isAmop).length <= 1) && asked++ === 0;
        peer.respond(p2pSeq, ChannelType.response, inner, isFirst ? 104 : 0, inner.data);
      };
    }
    let asked = 0;
    await world.settle();
    const seq = asker.request('news');
    await world.settle();
    expect(asker.results(seq)).toEqual([0]);
    expect(asked).toBeGreaterThan(0);
  });

  it('D-07 a response that holds no frame is followed by the next candidate', async () => {
    const node = await world.node();
    const asker = await world.session(node);
    const peer = await world.originalPeer(node);
    peer.list('news');
    peer.onRequest = (_inner, p2pSeq) => peer.send(-1, 0, p2pSeq, Uint8Array.of(0, 0, 0, 10));
    const subscriber = (await world.session(node)).answering();
    subscriber.subscribe('news');
    await world.settle();
    const seqs = Array.from({ length: 20 }, () => asker.request('news'));
    await world.settle();
    for (const seq of seqs) expect(asker.results(seq)).toEqual([0]);
    expect(peer.of(P2pProtocol.amop, P2pPacket.unicast).length).toBeGreaterThan(0);
  });

  it('D-07 a connection that breaks ends the request', async () => {
    const node = await world.node();
    const asker = await world.session(node);
    const peer = await world.originalPeer(node);
    peer.list('news');
    await world.settle();
    const seq = asker.request('news');
    await world.settle();
    peer.connection.destroy();
    await world.settle();
    expect(asker.results(seq)).toEqual([100]);
  });

  it('D-01 is never sent an inner frame below 42 bytes, and one from it is counted only', async () => {
    const node = await world.node();
    const peer = await world.originalPeer(node);
    for (const length of [0, 10, 41]) {
      peer.send(P2pProtocol.amop, P2pPacket.unicast, 9, Uint8Array.of(0, 0, 0, length, 0, 0x30));
    }
    peer.send(P2pProtocol.amop, P2pPacket.unicast, 10, innerFrame(ChannelType.request, 'nobody'));
    await world.settle();
    const [answer, ...more] = peer.of(-P2pProtocol.amop, P2pPacket.unicast);
    expect(more).toEqual([]);
    expect(answer?.seq).toBe(10);
    expect(answer?.payload.subarray(38, 42)).toEqual(Uint8Array.of(0, 0, 0, 104));
    expect(answer?.payload.subarray(42)).toEqual(body('nobody', 'ask'));
    expect(node.counters().framesMalformed).toBe(3);
  });

  it('D-36 may compress although compression is off here', async () => {
    const node = await world.node({ compress: false });
    const session = await world.session(node);
    const peer = await world.originalPeer(node);
    session.subscribe('news');
    const inner = innerFrame(ChannelType.multicast, 'news', 'y'.repeat(4_000));
    peer.send(P2pProtocol.amop, P2pPacket.multicast, 3, compress(inner), P2P_COMPRESSED);
    await world.settle();
    expect(session.of(ChannelType.multicast)[0]?.data).toEqual(body('news', 'y'.repeat(4_000)));
  });

  it('gets compressed payloads only when the configuration says so, above 1 024 bytes', async () => {
    const node = await world.node({ compress: true });
    const sender = await world.session(node);
    const peer = await world.originalPeer(node);
    peer.list('news');
    await world.settle();
    sender.multicast('news', 'z'.repeat(4_000));
    sender.multicast('news', 'short');
    await world.settle();
    const versions = peer.of(P2pProtocol.amop, P2pPacket.multicast).map(({ version }) => version);
    expect(versions).toEqual([P2P_COMPRESSED, 0]);
  });

  it('D-38 with the 12-byte header is named in the log, with what to change there', async () => {
    const node = await world.node();
    const connection = await world.dial(node.p2pAddress);
    connection.attach({
      onData: () => undefined,
      onDrain: () => undefined,
      onClose: () => undefined,
    });
    connection.write(Uint8Array.of(0, 0, 0, 13, 0, 2, 0, 1, 0, 0, 0, 0, 0x30));
    await world.settle();
    expect(node.counters().cuts['twelve-byte-header']).toBe(1);
    const line = world.logger.entries.find(({ message }) => message.includes('12-byte'));
    expect(line?.details).toMatchObject({ fix: expect.stringContaining('supported_version') });
  });

  it('D-33 that restarts with a sequence it had before is asked again', async () => {
    const node = await world.node();
    const asker = await world.session(node);
    const identity = { nodeId: 'c'.repeat(128) };
    const first = await world.originalPeer(node, identity);
    first.list('before');
    await world.settle();
    first.connection.destroy();
    await world.settle();
    const second = await world.originalPeer(node, identity);
    second.onRequest = (inner, p2pSeq) =>
      second.respond(p2pSeq, ChannelType.response, inner, 0, inner.data);
    second.list('after');
    await world.settle();
    const [before, after] = [asker.request('before'), asker.request('after')];
    await world.settle();
    expect([asker.results(before), asker.results(after)]).toEqual([[100], [0]]);
  });

  it('D-28 may open a second connection without losing both', async () => {
    const node = await world.node();
    const identity = { nodeId: 'c'.repeat(128) };
    const first = await world.originalPeer(node, identity);
    const second = await world.originalPeer(node, identity);
    first.connection.destroy();
    second.list('news');
    await world.pass(7_000);
    expect(second.isClosed).toBe(false);
    expect(node.counters().peers).toBe(1);
    expect(node.counters().topics).toBe(1);
  });

  it('skips protocols of a chain without a word', async () => {
    const node = await world.node();
    const peer = await world.originalPeer(node);
    for (const protocol of [65_544, 99, 0, -65_544])
      peer.send(protocol, 0, 4, encodeTopicSequence(1));
    await world.settle();
    expect(peer.isClosed).toBe(false);
    expect(node.counters().foreignProtocols).toBe(4);
  });
});

describe('who may be a peer', () => {
  it('is not who stands on the blacklist, nor who is missing on the whitelist', async () => {
    const [bad, good] = ['b'.repeat(128), 'a'.repeat(128)];
    const strict = await world.node({ blacklist: [bad], whitelist: [good, bad] });
    expect((await world.originalPeer(strict, { nodeId: good })).isClosed).toBe(false);
    expect((await world.originalPeer(strict, { nodeId: bad })).isClosed).toBe(true);
    expect((await world.originalPeer(strict, { nodeId: 'd'.repeat(128) })).isClosed).toBe(true);
    expect(strict.counters().peerRefusals).toMatchObject({
      'node-blacklisted': 1,
      'node-not-whitelisted': 1,
    });
  });

  it('D-29 is not who shows the certificate of an application, whoever dials', async () => {
    const node = await world.node();
    const application = { organizationalUnit: 'sdk' };
    expect((await world.originalPeer(node, application)).isClosed).toBe(true);
    expect((await world.originalPeer(node, { organizationalUnit: 'node' })).isClosed).toBe(false);
    expect((await world.originalPeer(node)).isClosed).toBe(false);
    expect(node.counters().peerRefusals['sdk-certificate']).toBe(1);
    expect(world.logger.entries.at(-1)?.message).toContain('application');
  });

  it('is not the node itself, which is dialled once and never again', async () => {
    const own = { host: '127.0.0.1', port: 40_100 };
    const node = await world.node({ p2pPort: own.port, peers: [own] });
    await world.pass(30_000);
    expect(node.counters().peers).toBe(0);
    const links = world.network.links.filter(({ dialer }) => dialer.remotePort === own.port);
    expect(links).toHaveLength(1);
  });
});

function isAmop({ protocolId }: { protocolId: number }): boolean {
  return protocolId === P2pProtocol.amop;
}
