import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AGENCY, peersOf, TwoNodes, until, untilRoutable } from '../src/node/two-nodes.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import { type InnerAnswerer, type PeerOptions, RawPeer } from '../src/raw/raw-peer.ts';
import {
  Channel,
  decodeBody,
  encodeBody,
  encodeChannel,
  newSeq,
} from '../src/wire/channel-frame.ts';
import { Packet } from '../src/wire/p2p-frame.ts';

describe('what routing of the original suffers from', () => {
  let nodes: TwoNodes;
  let a: RawClient;
  const originals: [RawPeer, string][] = [];
  beforeAll(async () => {
    nodes = await TwoNodes.start();
    a = await nodes.client('A');
  });
  afterEach(async () => {
    for (const [peer, topic] of originals.splice(0)) {
      await peer.close();
      await untilRoutable(a, topic, false);
    }
  });
  afterAll(() => nodes?.stop());

  /** An original node that lists the topic to A, and answers unicasts as told. */
  async function originalNode(
    topic: string,
    answerer: InnerAnswerer,
    options?: PeerOptions,
  ): Promise<RawPeer> {
    const identity = nodes.chain.node(AGENCY.B, 1);
    const peer = await RawPeer.dial(nodes.A.config.p2pPort, identity, {
      ...options,
      topics: [topic],
    });
    originals.push([peer, topic]);
    peer.answer(answerer);
    await untilRoutable(a, topic);
    return peer;
  }

  function content(data: Buffer): string {
    return decodeBody(data).content.toString();
  }

  it('D-06 delivers locally: unicasts at once answer each its own, multicasts arrive', async () => {
    const subscriber = await nodes.subscriber('A', 'local');
    subscriber.answer('local', (text) => `answer to ${text}`);
    const texts = ['1', '2', '3', '4', '5'];
    const answers = await Promise.all(texts.map((text) => a.request('local', text)));
    expect(answers.map((answer) => content(answer.data))).toEqual(
      texts.map((t) => `answer to ${t}`),
    );
    await a.multicast('local', 'to all');
    expect(content((await subscriber.byType(Channel.multicast)).data)).toBe('to all');
  });

  const undecodable: [string, InnerAnswerer][] = [
    ['nothing', () => Buffer.alloc(0)],
    ['garbage', () => Buffer.from('ffffffffffffffffffff', 'hex')],
    ['a frame cut short', (inner) => encodeChannel(0x31, inner.seq, inner.data).subarray(0, 50)],
    ['an inner length of 41', (inner) => below(encodeChannel(0x31, inner.seq), 41)],
    ['an inner length of 0', (inner) => below(encodeChannel(0x31, inner.seq), 0)],
  ];
  it.each(undecodable)(
    'D-07 ends a request with 100 when a peer answers %s',
    async (name, answerer) => {
      const topic = `answered with ${name}`;
      await originalNode(topic, answerer);
      const answer = await a.request(topic, 'x');
      expect(answer).toMatchObject({ type: Channel.response, result: 100, data: Buffer.alloc(0) });
    },
  );

  it('D-07 goes on to the next candidate when a peer answers garbage', async () => {
    let asked = 0;
    await originalNode('next one', () => {
      asked++;
      return Buffer.from('garbage');
    });
    const subscriber = await nodes.subscriber('A', 'next one');
    subscriber.answer('next one', () => 'local');
    for (let i = 0; i < 20; i++) {
      expect(content((await a.request('next one', 'x')).data)).toBe('local');
    }
    expect(asked).toBeGreaterThan(0);
  });

  it('D-07 ends a request when the session to the peer ends before the answer', async () => {
    const peer = await originalNode('gone', () => undefined);
    const answered = a.request('gone', 'x');
    await until(async () => (await peersOf(a)).length === 2, 'both peers are there');
    await peer.close();
    expect(await answered).toMatchObject({ type: Channel.response, result: 100 });
  });

  it('D-13 delivers nothing on a block notification topic', async () => {
    const topic = '_block_notify_1';
    const local = await nodes.subscriber('A', topic);
    const remote = await nodes.subscriber('B', topic, 'D-13 end');
    await untilRoutable(a, 'D-13 end');
    expect(await a.request(topic, 'x')).toMatchObject({ type: Channel.response, result: 100 });
    expect(await a.multicast(topic, 'x')).toMatchObject({ type: Channel.response, result: 0 });
    await a.multicast('D-13 end', 'x');
    await remote.byType(Channel.multicast);
    for (const subscriber of [local, remote]) {
      await subscriber.barrier();
      expect(subscriber.inbox.items).toEqual([]);
    }
  });

  it('D-14 does not choose the sender while another subscriber is there', async () => {
    const topic = 'own topic';
    const sender = await nodes.subscriber('A', topic);
    sender.answer(topic, () => 'myself');
    const other = await nodes.subscriber('A', topic);
    other.answer(topic, () => 'the other');
    for (let i = 0; i < 30; i++) {
      expect(content((await sender.request(topic, 'x')).data)).toBe('the other');
    }
  });

  it('D-14 lets a sender that is the only subscriber answer itself', async () => {
    const sender = await nodes.subscriber('A', 'only me');
    const seq = sender.sendFrame(Channel.request, encodeBody('only me', 'x'));
    const push = await sender.byType(Channel.request);
    // Under its own seq a Java application would take its request for the answer.
    expect(push.seq).not.toBe(seq);
    sender.respond(push, 'answered');
    const answer = await sender.bySeq(seq);
    expect([answer.type, content(answer.data)]).toEqual([Channel.response, 'answered']);
  });

  it('D-15 spreads requests of one moment over the subscribers', async () => {
    const counts = [0, 0];
    for (const i of counts.keys()) {
      const subscriber = await nodes.subscriber('B', 'one moment');
      subscriber.answer('one moment', () => {
        counts[i] = (counts[i] ?? 0) + 1;
        return '';
      });
    }
    await untilRoutable(a, 'one moment');
    await Promise.all(Array.from({ length: 80 }, () => a.request('one moment', 'x')));
    expect(Math.min(...counts)).toBeGreaterThan(15);
  });

  it('D-17 takes the next subscriber when a node says 104', async () => {
    let asked = 0;
    await originalNode('try on', (inner) => {
      asked++;
      return encodeChannel(Channel.response, inner.seq, inner.data, 104);
    });
    const subscriber = await nodes.subscriber('A', 'try on');
    subscriber.answer('try on', () => 'found');
    for (let i = 0; i < 30; i++) {
      expect(await a.request('try on', 'x')).toMatchObject({ type: Channel.response, result: 0 });
    }
    expect(asked).toBeGreaterThan(0);
    await subscriber.subscribe([]);
    const answer = await a.request('try on', 'last');
    expect([100, 104]).toContain(answer.result);
  });

  it('D-18 does not send a request with a deadline to a second subscriber after silence', async () => {
    const topic = 'one try';
    const silent = [await nodes.subscriber('B', topic), await nodes.subscriber('B', topic)];
    const sender = await nodes.client('A');
    const want = '{"minimumSupport":1,"maximumSupport":3,"amop":{"v":1,"want":["deadline"]}}';
    const agreed = await sender.call(Channel.handshake, want);
    expect(JSON.parse(agreed.data.toString())).toMatchObject({ amop: { have: ['deadline'] } });
    await untilRoutable(a, topic);

    const seq = newSeq();
    sender.send(encodeChannel(Channel.request, seq, encodeBody(topic, 'x'), 400));
    const answer = await sender.bySeq(seq);
    expect(answer.type).toBe(Channel.response);
    expect(answer.result).not.toBe(0);
    const pushes = await Promise.all(
      silent.map(async (subscriber) => {
        await subscriber.barrier();
        return subscriber.inbox.items.filter((frame) => frame.seq === seq).length;
      }),
    );
    expect(pushes.toSorted()).toEqual([0, 1]);
  });

  it('D-18 does not send a request with a deadline again when its receiver has left', async () => {
    const topic = 'one delivery';
    const subscribers = [await nodes.subscriber('A', topic), await nodes.subscriber('A', topic)];
    const asked: RawClient[] = [];
    for (const subscriber of subscribers) {
      subscriber.answer(topic, () => {
        asked.push(subscriber);
        return undefined;
      });
    }
    const sender = await nodes.client('A');
    const want = '{"minimumSupport":1,"maximumSupport":3,"amop":{"v":1,"want":["deadline"]}}';
    await sender.call(Channel.handshake, want);

    const seq = newSeq();
    sender.send(encodeChannel(Channel.request, seq, encodeBody(topic, 'x'), 5_000));
    await sender.barrier();
    for (const subscriber of subscribers) await subscriber.barrier();
    expect(asked.length).toBe(1);
    await asked[0]?.close();
    expect(await sender.bySeq(seq)).toMatchObject({ type: Channel.response, result: 104 });
    for (const subscriber of subscribers) if (subscriber.isOpen) await subscriber.barrier();
    expect(asked.length).toBe(1);
  });

  it('D-19 delivers a multicast that came by two nodes once, and a repeated one twice', async () => {
    const topic = 'by two nodes';
    const subscriber = await nodes.subscriber('B', topic);
    const atB = await nodes.client('B');
    await untilRoutable(a, topic);
    const bytes = encodeChannel(Channel.multicast, newSeq(), encodeBody(topic, 'copy'));
    a.send(bytes);
    await subscriber.byType(Channel.multicast);
    atB.send(bytes);
    await atB.byType(Channel.response);
    await a.multicast(topic, 'end');
    expect(content((await subscriber.byType(Channel.multicast)).data)).toBe('end');

    const repeated = encodeChannel(Channel.multicast, newSeq(), encodeBody(topic, 'again'));
    a.send(repeated, repeated);
    for (let i = 0; i < 2; i++) {
      expect(content((await subscriber.byType(Channel.multicast)).data)).toBe('again');
    }
  });

  it('D-20 says 104 with the request echoed where the original does, 100 without data', async () => {
    const leaver = await nodes.subscriber('B', 'leaver');
    await untilRoutable(a, 'leaver');
    const answered = a.request('leaver', 'bye');
    await leaver.byType(Channel.request);
    await leaver.close();
    const answer = await answered;
    expect([answer.result, content(answer.data)]).toEqual([104, 'bye']);
  });

  it('D-30 does not take another frame with the same seq for the answer', async () => {
    const other = await nodes.subscriber('A', 'elsewhere');
    other.answer('elsewhere', () => 'to the subscriber');
    const subscriber = await nodes.subscriber('A', 'same seq');
    const seq = a.sendFrame(Channel.request, encodeBody('same seq', 'question'));
    await subscriber.bySeq(seq);

    subscriber.sendFrame(Channel.request, encodeBody('elsewhere', 'x'), seq);
    expect(content((await subscriber.bySeq(seq)).data)).toBe('to the subscriber');
    subscriber.sendFrame(Channel.rpc, '{"jsonrpc":"2.0","method":"getGroupList","id":7}', seq);
    expect((await subscriber.bySeq(seq)).type).toBe(Channel.rpc);
    subscriber.sendFrame(Channel.response, encodeBody('same seq', 'answer'), seq);
    expect(content((await a.bySeq(seq)).data)).toBe('answer');
  });

  it('D-30 answers two requests in flight under one seq, from one sender and from two', async () => {
    const topic = 'twins';
    const subscriber = await nodes.subscriber('B', topic);
    subscriber.answer(topic, (text) => `answer to ${text}`);
    await untilRoutable(a, topic);
    const second = await nodes.client('A');
    const seq = newSeq();
    a.sendFrame(Channel.request, encodeBody(topic, '1'), seq);
    a.sendFrame(Channel.request, encodeBody(topic, '2'), seq);
    second.sendFrame(Channel.request, encodeBody(topic, '3'), seq);
    const answers = [await a.bySeq(seq), await a.bySeq(seq)].map(({ data }) => content(data));
    expect(answers.toSorted()).toEqual(['answer to 1', 'answer to 2']);
    expect(content((await second.bySeq(seq)).data)).toBe('answer to 3');
  });

  it('D-30 gives two SDKs that use one seq their own RPC answers', async () => {
    const second = await nodes.client('A');
    const seq = newSeq();
    for (const [client, id] of [
      [a, 'first'],
      [second, 'second'],
    ] as const) {
      client.sendFrame(
        Channel.rpc,
        JSON.stringify({ jsonrpc: '2.0', method: 'getPeers', id }),
        seq,
      );
    }
    for (const [client, id] of [
      [a, 'first'],
      [second, 'second'],
    ] as const) {
      expect(JSON.parse((await client.bySeq(seq)).data.toString())).toMatchObject({ id });
    }
  });

  it('D-37 keeps the order of one sender, for multicasts, unicasts and a subscription', async () => {
    const topic = 'in order';
    const subscriber = await nodes.subscriber('B', topic);
    await untilRoutable(a, topic);
    const numbers = Array.from({ length: 200 }, (_, i) => String(i));
    for (const type of [Channel.multicast, Channel.request]) {
      a.send(...numbers.map((text) => encodeChannel(type, newSeq(), encodeBody(topic, text))));
      const seen: string[] = [];
      for (const _ of numbers) {
        const push = await subscriber.byType(type);
        if (type === Channel.request) subscriber.respond(push, '');
        seen.push(content(push.data));
      }
      expect(seen).toEqual(numbers);
    }

    const sender = await nodes.client('A');
    sender.send(
      encodeChannel(Channel.subscribe, newSeq(), '["just now"]'),
      encodeChannel(Channel.multicast, newSeq(), encodeBody('just now', 'heard')),
      encodeChannel(Channel.subscribe, newSeq(), '[]'),
      encodeChannel(Channel.multicast, newSeq(), encodeBody('just now', 'not heard')),
    );
    expect(content((await sender.byType(Channel.multicast)).data)).toBe('heard');
    await sender.barrier();
    expect(sender.inbox.items.filter(({ type }) => type === Channel.multicast)).toEqual([]);
  });

  it('takes multicasts of an original node, and sends it one copy', async () => {
    const topic = 'with an original';
    const peer = await originalNode(topic, () => undefined);
    const subscriber = await nodes.subscriber('A', topic);
    await a.multicast(topic, 'to the peer');
    const pushed = await peer.amop(Packet.multicast);
    expect(pushed.payload.includes('to the peer')).toBe(true);
    await subscriber.byType(Channel.multicast);
    const inner = encodeChannel(Channel.multicast, newSeq(), encodeBody(topic, 'from the peer'));
    peer.send({ protocol: 1, packet: Packet.multicast, payload: inner });
    expect(content((await subscriber.byType(Channel.multicast)).data)).toBe('from the peer');
  });
});

function below(frame: Buffer, length: number): Buffer {
  const copy = Buffer.from(frame);
  copy.writeUInt32BE(length);
  return copy;
}
