import {
  ChannelType,
  challengeRoute,
  encodeTopicStatus,
  P2pPacket,
  P2pProtocol,
  parseTopicStatus,
  parseVerifyTopic,
  payloadTopic,
  publisherMarker,
} from '@amop/codec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AmopNode } from '../src/index.ts';
import { type RawSession, text } from './world/raw-session.ts';
import { World } from './world/world.ts';

const T = payloadTopic('prices');
const MARKER = publisherMarker(T);
const R = challengeRoute({ payload: T, id: 'ab'.repeat(16) });

let world: World;

beforeEach(() => {
  world = new World();
});

afterEach(() => world.stop());

async function pair(): Promise<[AmopNode, AmopNode]> {
  const far = await world.node();
  const near = await world.node({ peers: [far.p2pAddress] });
  await world.pass(100);
  return [near, far];
}

/** Says yes to what the publisher was asked last. */
function accepts(publisher: RawSession, options: { readonly names?: boolean } = {}): void {
  const ask = publisher.of(ChannelType.verifyTopic).at(-1);
  const request = ask && parseVerifyTopic(ask.data);
  if (ask === undefined || request === undefined) throw new Error('nobody asked');
  publisher.send(ChannelType.verifyTopic, '', { seq: ask.seqKey });
  const { nodeId, topic, topicForCert } = request;
  const status = { checkResult: 0, nodeId, topic, ...(options.names && { topicForCert }) };
  publisher.send(ChannelType.topicStatus, new TextDecoder().decode(encodeTopicStatus(status)));
}

describe('a private topic', () => {
  it('is asked about, opened and delivered on, across two nodes of ours', async () => {
    const [near, far] = await pair();
    const publisher = await world.session(near);
    const subscriber = (await world.session(far)).answering();
    publisher.subscribe(MARKER);
    subscriber.subscribe(T, R);
    await world.pass(40);
    const [ask] = publisher.of(ChannelType.verifyTopic);
    expect(ask && parseVerifyTopic(ask.data)).toEqual({
      nodeId: far.nodeId,
      topic: T,
      topicForCert: R,
    });
    const early = publisher.request(T);
    accepts(publisher);
    const late = publisher.request(T);
    publisher.multicast(T);
    await world.pass(40);
    expect([publisher.results(early), publisher.results(late)]).toEqual([[100], [0]]);
    expect(subscriber.of(ChannelType.multicast)).toHaveLength(1);
    expect(near.counters().router.privateTopics).toMatchObject({ asked: 1, proven: 1 });
  });

  it('is no topic for a 0x38 that nobody asked for; it is counted and logged', async () => {
    const node = await world.node();
    const stranger = await world.session(node);
    const subscriber = await world.session(node);
    subscriber.subscribe(T, R);
    stranger.send(
      ChannelType.topicStatus,
      JSON.stringify({ checkResult: 0, nodeId: node.nodeId, topic: T }),
    );
    const seq = stranger.request(T);
    await world.settle();
    expect(stranger.results(seq)).toEqual([100]);
    expect(node.counters().router.privateTopics.statusIgnored).toBe(1);
    expect(world.logger.entries.map(({ message }) => message).join()).toContain('0x38 ignored');
  });

  it('tells a publisher that names routes when one is gone', async () => {
    const node = await world.node();
    const publisher = await world.session(node, ['grant']);
    const subscriber = await world.session(node);
    publisher.subscribe(MARKER);
    subscriber.subscribe(T, R);
    await world.settle();
    accepts(publisher, { names: true });
    subscriber.subscribe();
    await world.settle();
    const [gone] = publisher.of(ChannelType.topicStatus);
    expect(gone && parseTopicStatus(gone.data)).toEqual({
      checkResult: 1,
      nodeId: node.nodeId,
      topic: T,
      topicForCert: R,
    });
  });

  it('takes nothing but challenges on its routes, from applications and from nodes (D-04)', async () => {
    const [near, far] = await pair();
    const subscriber = (await world.session(far)).answering();
    const stranger = await world.session(near);
    subscriber.subscribe(T, R);
    await world.pass(40);
    const refused = ['', 'x'.repeat(18), 'f'.repeat(31), 'F'.repeat(32), 'a'.repeat(33)];
    const taken = ['x', 'y'.repeat(17), 'f'.repeat(32)];
    const seqs = [...refused, ...taken].map((content) => stranger.request(R, content));
    await world.pass(40);
    expect(seqs.flatMap((seq) => stranger.results(seq))).toEqual([
      121, 121, 121, 121, 121, 0, 0, 0,
    ]);
    expect(subscriber.of(ChannelType.request)).toHaveLength(3);
  });

  it('is shown to nobody but who has to do with it (D-35)', async () => {
    const [near, far] = await pair();
    const topicsSeenBy = async (session: RawSession, method: string): Promise<string[]> => {
      const id = session.of(ChannelType.rpc).length + 1;
      session.send(ChannelType.rpc, JSON.stringify({ jsonrpc: '2.0', method, params: [], id }));
      await world.settle();
      const { result } = JSON.parse(
        new TextDecoder().decode(session.of(ChannelType.rpc).at(-1)?.data),
      );
      return [result].flat().flatMap(({ Topic }: { Topic: string[] }) => Topic);
    };
    const subscriber = await world.session(far);
    const publisher = await world.session(near);
    const stranger = await world.session(near);
    subscriber.subscribe(T, R, 'news');
    publisher.subscribe(MARKER);
    await world.pass(40);
    expect(await topicsSeenBy(stranger, 'getPeers')).toEqual(['news']);
    expect(await topicsSeenBy(publisher, 'getPeers')).toEqual([R, 'news']);
    expect(await topicsSeenBy(stranger, 'getNodeInfo')).toEqual([]);
    expect(await topicsSeenBy(publisher, 'getNodeInfo')).toEqual([MARKER]);
  });

  it('has a few routes for one session, however it asks for more', async () => {
    const node = await world.node();
    const many = Array.from({ length: 6 }, (_, index) => {
      return challengeRoute({ payload: T, id: `${index}`.repeat(32) });
    });
    const [whole, delta] = [await world.session(node), await world.session(node, ['ack'])];
    whole.subscribe(...many);
    await world.settle();
    expect(node.counters()).toMatchObject({ topics: 4, topicsRefused: 2 });
    whole.subscribe();
    for (const route of many) {
      delta.send(ChannelType.subscribe, JSON.stringify({ add: [route], remove: [] }));
    }
    await world.settle();
    expect(node.counters()).toMatchObject({ topics: 4, topicsRefused: 4 });
    expect(text(delta.of(ChannelType.subscribe).at(-1)?.data ?? new Uint8Array())).toContain(
      '"reason":"too-many-routes"',
    );
  });

  it.each([
    ['its owner may take over by another connection', 'aa', [0, 1]],
    ['an application with another certificate may not', 'bb', [1, 0]],
  ])('has one owner for a route: %s (D-03)', async (_, digits, received) => {
    const node = await world.node();
    const first = await world.session(node, [], { fingerprint256: 'aa'.repeat(32) });
    const again = await world.session(node, [], { fingerprint256: digits.repeat(32) });
    first.subscribe(T, R);
    again.subscribe(T, R);
    const publisher = await world.session(node);
    publisher.subscribe(MARKER);
    await world.settle();
    accepts(publisher);
    publisher.multicast(T);
    await world.settle();
    const multicasts = [first, again].map((each) => each.of(ChannelType.multicast).length);
    expect(multicasts).toEqual(received);
  });
});

describe('an original node', () => {
  it('that is proven gets messages as they always were', async () => {
    const node = await world.node();
    const peer = await world.originalPeer(node);
    const publisher = await world.session(node);
    publisher.subscribe(MARKER);
    peer.list(T, R);
    await world.pass(40);
    accepts(publisher);
    publisher.multicast(T);
    await world.pass(40);
    expect(peer.of(P2pProtocol.amop, P2pPacket.multicast)).toHaveLength(1);
    expect(peer.of(P2pProtocol.extension, P2pPacket.grants)).toEqual([]);
    expect(peer.of(P2pProtocol.extension, P2pPacket.privateMulticast)).toEqual([]);
  });
});
