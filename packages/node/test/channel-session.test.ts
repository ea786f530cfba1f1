import {
  ChannelType,
  decodeMulticastAck,
  encodeChannelFrame,
  NO_REPLY_SEQ,
  parseErrorDetail,
  parseSubscribeAck,
  seqFromKey,
} from '@amop/codec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AmopNode } from '../src/index.ts';
import { body, type RawSession, text } from './world/raw-session.ts';
import { World } from './world/world.ts';

const OURS = ['batch', 'deadline', 'ack', 'errors'];

let world: World;
let node: AmopNode;

beforeEach(async () => {
  world = new World();
  node = await world.node();
});

afterEach(() => world.stop());

async function aliveStill(session: RawSession): Promise<void> {
  const seq = session.send(ChannelType.heartbeat, '0');
  await world.settle();
  expect(session.of(ChannelType.heartbeat).some(({ seqKey }) => seqKey === seq)).toBe(true);
}

describe('malformed frames', () => {
  it.each([
    ['no data', new Uint8Array(0)],
    ['topic length 0', Uint8Array.of(0, 97, 98, 99)],
    ['topic length beyond the data', Uint8Array.of(200, 97, 98)],
    ['a topic that is not UTF-8', Uint8Array.of(3, 0xff, 0xfe, 97)],
  ])('D-01 D-08 a request with %s is answered with 105 and nobody is hurt', async (_name, data) => {
    const session = await world.session(node);
    const request = session.send(ChannelType.request, data);
    const multicast = session.send(ChannelType.multicast, data);
    await world.settle();
    expect(session.results(request)).toEqual([105]);
    expect(session.results(multicast)).toEqual([105]);
    for (const { data: empty } of session.of(ChannelType.response)) expect(empty).toHaveLength(0);
    await aliveStill(session);
  });

  it.each([0, 10, 41])('D-23 a length field of %i closes the session at once', async (length) => {
    const session = await world.session(node);
    const other = await world.session(node);
    session.connection.write(Uint8Array.of(0, 0, 0, length));
    await world.settle();
    expect(session.isClosed).toBe(true);
    expect(node.counters().cuts.malformed).toBe(1);
    await aliveStill(other);
  });

  it('D-23 a length above the limit closes the session after four bytes', async () => {
    const session = await world.session(node);
    session.connection.write(Uint8Array.of(0x06, 0x40, 0x00, 0x01));
    await world.settle();
    expect(session.isClosed).toBe(true);
  });

  it('D-22 a session that sends nothing but malformed frames is closed in the end', async () => {
    const strict = await world.node({ limits: { maxMalformedFrames: 3 } });
    const session = await world.session(strict);
    for (let count = 0; count < 4; count++) session.send(ChannelType.request, new Uint8Array(0));
    await world.settle();
    expect(session.isClosed).toBe(true);
    expect(strict.counters().cuts['too-many-malformed']).toBe(1);
  });

  it('D-22 a frame that trickles in for more than a minute closes the session', async () => {
    const session = await world.session(node);
    const data = body('a', 'x'.repeat(100));
    const frame = encodeChannelFrame({ type: 0x30, seq: seqFromKey('0'.repeat(32)), data });
    for (let second = 0; second < 70 && !session.isClosed; second++) {
      session.connection.write(frame.subarray(second, second + 1));
      await world.pass(1_000);
    }
    expect(session.isClosed).toBe(true);
    expect(node.counters().cuts['frame-timeout']).toBe(1);
  });

  it('types that only a chain knows, or nobody, are ignored', async () => {
    const session = await world.session(node);
    for (const type of [0x37, 0x15_01, 0x1000, 0x99]) session.send(type, 'x');
    await aliveStill(session);
    expect(node.counters().framesIgnored).toBe(4);
  });
});

describe('the handshake', () => {
  it('D-08 with version ranges that do not meet closes the session; a bad one is ignored', async () => {
    const session = await world.session(node);
    session.send(ChannelType.handshake, '{"minimumSupport":"1"}');
    await aliveStill(session);
    session.send(ChannelType.handshake, '{"minimumSupport":4,"maximumSupport":5}');
    await world.settle();
    expect(session.isClosed).toBe(true);
  });

  it('offers the extension only to who asked, and only what he asked for', async () => {
    const session = await world.session(node);
    session.send(ChannelType.handshake, '{"minimumSupport":1,"maximumSupport":3}');
    const asked = '{"maximumSupport":3,"amop":{"v":1,"want":["ack","teleport"]}}';
    session.send(ChannelType.handshake, asked);
    await world.settle();
    expect(session.of(ChannelType.handshake).map(({ data }) => text(data))).toEqual([
      '{"nodeVersion":"2.9.1","protocol":3}\n',
      '{"amop":{"have":["ack"],"v":1},"nodeVersion":"2.9.1","protocol":3}\n',
    ]);
  });
});

describe('a subscription', () => {
  it('D-34 is confirmed to who agreed on it, with the topics that were refused (D-27)', async () => {
    const session = await world.session(node, OURS);
    const seq = session.send(ChannelType.subscribe, '["news","a\\tb","",1]');
    await world.settle();
    const [ack] = session.of(ChannelType.subscribe);
    expect(ack?.seqKey).toBe(seq);
    const parsed = parseSubscribeAck(ack?.data ?? new Uint8Array(0));
    expect(parsed?.sequence).toBe(1);
    expect(parsed?.refused.map(({ topic }) => topic)).toEqual(['a\tb', '']);
  });

  it('D-34 that cannot be read is answered with an error to who agreed on an answer', async () => {
    const session = await world.session(node, OURS);
    session.send(ChannelType.subscribe, 'nonsense');
    await world.settle();
    expect(session.of(ChannelType.subscribe).map(({ result }) => result)).toEqual([105]);
  });

  it('D-34 may be a change to the set instead of the whole set', async () => {
    const session = (await world.session(node, OURS)).answering();
    const asker = await world.session(node);
    session.subscribe('first');
    session.send(ChannelType.subscribe, '{"add":["second"],"remove":["first"]}');
    await world.settle();
    const first = asker.request('first');
    const second = asker.request('second');
    await world.settle();
    expect(asker.results(first)).toEqual([100]);
    expect(asker.results(second)).toEqual([0]);
  });

  it('as a change is ignored from an original, which would ignore it too', async () => {
    const session = await world.session(node);
    session.send(ChannelType.subscribe, '{"add":["second"]}');
    await world.settle();
    expect(node.counters()).toMatchObject({ topics: 0, framesMalformed: 1 });
  });

  it('D-37 counts for the very next frame of the same session', async () => {
    const session = (await world.session(node)).answering();
    session.subscribe('own');
    const first = session.request('own');
    session.subscribe();
    const second = session.request('own');
    await world.settle();
    expect(session.results(first)).toEqual([0]);
    expect(session.results(second)).toEqual([100]);
  });

  it('ends with the session', async () => {
    const session = await world.session(node);
    const asker = await world.session(node);
    session.subscribe('news');
    await world.settle();
    session.connection.destroy();
    await world.settle();
    const seq = asker.request('news');
    await world.settle();
    expect(asker.results(seq)).toEqual([100]);
    expect(node.counters().topics).toBe(0);
  });
});

describe('unicast on one node', () => {
  it('D-06 reaches a subscriber of the same node, each of several at once with its own answer', async () => {
    const asker = await world.session(node);
    const subscriber = await world.session(node);
    subscriber.onRequest = (frame) =>
      subscriber.answer(frame, `got ${text(frame.data.subarray(5))}`);
    subscriber.subscribe('news');
    await world.settle();
    const seqs = ['a', 'b', 'c'].map((content) => asker.request('news', content));
    await world.settle();
    for (const seq of seqs) expect(asker.results(seq)).toEqual([0]);
    const contents = asker.of(ChannelType.response).map(({ data }) => text(data.subarray(4)));
    expect(contents).toEqual(['got a', 'got b', 'got c']);
  });

  it('D-30 an answer of another type does not count', async () => {
    const asker = await world.session(node);
    const subscriber = await world.session(node);
    subscriber.onRequest = (frame) => subscriber.answer(frame, 'weird', ChannelType.heartbeat);
    subscriber.subscribe('news');
    await world.settle();
    const seq = asker.request('news');
    await world.pass(4_000);
    expect(asker.results(seq)).toEqual([]);
    await world.pass(1_100);
    expect(asker.results(seq)).toEqual([104]);
    expect(asker.frames.at(-1)?.data).toEqual(body('news', 'ask'));
  });

  it('D-14 a publisher that subscribes its own topic gets an answer from somebody else', async () => {
    const both = await world.session(node);
    const other = (await world.session(node)).answering();
    both.subscribe('news');
    other.subscribe('news');
    await world.settle();
    const seqs = Array.from({ length: 20 }, () => both.request('news'));
    await world.settle();
    expect(both.of(ChannelType.request)).toEqual([]);
    for (const seq of seqs) expect(both.results(seq)).toEqual([0]);
  });

  it('D-20 says to a client of ours why it failed, and to an original only the code', async () => {
    const ours = await world.session(node, OURS);
    const seq = ours.request('nobody', 'ask', { result: 5_000 });
    await world.settle();
    expect(ours.results(seq)).toEqual([100]);
    expect(parseErrorDetail(ours.frames[0]?.data ?? new Uint8Array(0))).toMatchObject({
      hop: 'node',
      node: node.nodeId,
      reason: 'no-subscriber',
      maybeDelivered: 'no',
    });
    const original = await world.session(node);
    original.request('nobody');
    await world.settle();
    expect(original.frames[0]?.data).toHaveLength(0);
  });

  it('D-18 tells the subscriber how much time is left, and an original nothing', async () => {
    const asker = await world.session(node, OURS);
    const ours = await world.session(node, OURS);
    const original = await world.session(node);
    ours.subscribe('ours');
    original.subscribe('original');
    await world.settle();
    asker.request('ours', 'ask', { result: 1_000 });
    asker.request('original', 'ask', { result: 1_000 });
    await world.settle();
    expect(ours.frames.at(-1)?.result).toBe(980);
    expect(original.frames.at(-1)?.result).toBe(0);
  });
});

describe('multicast on one node', () => {
  it('D-06 D-19 reaches each session once, the sender too, and is acknowledged with its own bytes', async () => {
    const sender = await world.session(node);
    const other = await world.session(node);
    for (const session of [sender, other]) session.subscribe('news');
    await world.settle();
    const seq = sender.multicast('news', 'flash');
    await world.settle();
    expect(sender.results(seq)).toEqual([0]);
    expect(sender.of(ChannelType.response)[0]?.data).toEqual(body('news', 'flash'));
    expect(sender.of(ChannelType.multicast)).toHaveLength(1);
    expect(other.of(ChannelType.multicast)).toHaveLength(1);
    expect(other.of(ChannelType.multicast)[0]?.seqKey).toBe(seq);
  });

  it('is acknowledged to a client of ours by number, once per turn', async () => {
    const sender = await world.session(node, OURS);
    for (let count = 0; count < 5; count++) sender.multicast('nobody');
    sender.send(ChannelType.multicast, new Uint8Array(0));
    await world.settle();
    const [ack, ...more] = sender.of(ChannelType.multicastAck);
    expect(more).toEqual([]);
    expect(ack?.seq).toEqual(NO_REPLY_SEQ);
    expect(decodeMulticastAck(ack?.data ?? new Uint8Array(0))).toBe(5);
    expect(sender.of(ChannelType.response).map(({ result }) => result)).toEqual([105]);
  });

  it('D-13 is never delivered on _block_notify_ topics, nor is a request', async () => {
    const sender = await world.session(node);
    const chain = await world.session(node);
    chain.subscribe('_block_notify_1');
    await world.settle();
    sender.multicast('_block_notify_1');
    const seq = sender.request('_block_notify_1');
    await world.settle();
    expect(chain.frames).toEqual([]);
    expect(sender.results(seq)).toEqual([100]);
  });
});

describe('records', () => {
  it('D-24 an original SDK gets each frame in a chunk of its own', async () => {
    const subscriber = await world.session(node);
    const sender = await world.session(node);
    subscriber.subscribe('news');
    await world.settle();
    subscriber.chunks.length = 0;
    for (let count = 0; count < 20; count++) sender.multicast('news', 'x'.repeat(count));
    await world.settle();
    const sizes = subscriber.of(ChannelType.multicast).map(({ bytes }) => bytes.length);
    expect(sizes).toHaveLength(20);
    expect(subscriber.chunks).toEqual(sizes);
  });

  it('a client of ours gets the frames of a turn together', async () => {
    const subscriber = await world.session(node, OURS);
    const sender = await world.session(node);
    subscriber.subscribe('news');
    await world.settle();
    subscriber.chunks.length = 0;
    for (let count = 0; count < 20; count++) sender.multicast('news');
    await world.settle();
    expect(subscriber.of(ChannelType.multicast)).toHaveLength(20);
    expect(subscriber.chunks.length).toBeLessThan(20);
  });
});

describe('silence', () => {
  it('closes a session after 60 s, and not while heartbeats come', async () => {
    const silent = await world.session(node);
    const alive = await world.session(node);
    for (let second = 0; second < 62; second += 2) {
      alive.send(ChannelType.heartbeat, '0');
      await world.pass(2_000);
    }
    expect(silent.isClosed).toBe(true);
    expect(alive.isClosed).toBe(false);
    expect(node.counters().cuts.idle).toBe(1);
  });
});

describe('limits', () => {
  it('D-22 more sessions than allowed are refused and counted', async () => {
    const small = await world.node({ limits: { maxSessions: 1 } });
    const first = await world.session(small);
    const second = await world.session(small);
    expect([first.isClosed, second.isClosed]).toEqual([false, true]);
    expect(small.counters().sessionRefusals['too-many-sessions']).toBe(1);
  });

  it('D-22 topics above the limit are refused, the others count', async () => {
    const small = await world.node({ limits: { maxTopicsPerSession: 2 } });
    const session = await world.session(small, OURS);
    session.subscribe('a', 'b', 'c');
    await world.settle();
    const ack = parseSubscribeAck(session.frames[0]?.data ?? new Uint8Array(0));
    expect(ack?.refused).toEqual([{ topic: 'c', reason: 'too-many-topics' }]);
    expect(small.counters().topics).toBe(2);
  });

  it('an application of another agency is refused unless the configuration allows it', async () => {
    const strict = await world.node({ checkIssuer: true });
    const stranger = await world.session(strict);
    expect(stranger.isClosed).toBe(true);
    expect(world.logger.entries.some(({ message }) => message.includes('another agency'))).toBe(
      true,
    );
  });
});
