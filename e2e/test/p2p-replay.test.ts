import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, makeChain } from '../src/node/chain.ts';
import { freePort } from '../src/node/free-port.ts';
import { RunningNode } from '../src/node/running-node.ts';
import { peersOf } from '../src/node/two-nodes.ts';
import { RawPeer } from '../src/raw/raw-peer.ts';
import { P2pReplay } from '../src/replay/p2p-replay.ts';
import { groupByCase, type P2pLine, readP2pRecording } from '../src/replay/recording.ts';
import { Channel, decodeBody } from '../src/wire/channel-frame.ts';
import { decodeP2p, Packet } from '../src/wire/p2p-frame.ts';

const cases = groupByCase(readP2pRecording());

/** Frames of node A that only its clients can cause. */
const CAUSED_BY_A_CLIENT = ['amop request', 'amop multicast'];

/** Every recorded frame that our node writes differently, by case. */
const DIFFERENCES: Readonly<Record<string, { defect: string; why: string; ours: object }>> = {
  'amop request A client to peer topic, 2000 random bytes': {
    defect: 'D-41',
    why: 'a payload that snappy does not shrink is sent as it is',
    ours: { version: 0 },
  },
};

describe('ref-p2p.jsonl, in order', () => {
  let chain: Chain;
  let node: RunningNode;
  let peer: RawPeer;
  let replay: P2pReplay;

  beforeAll(async () => {
    chain = makeChain(['bankA', 'bankB']);
    const config = {
      channelPort: await freePort(),
      p2pPort: await freePort(),
      enableCompress: true,
    };
    node = new RunningNode(chain.nodeFolder('bankA'), config, chain.sdk('bankA'));
    await node.start();
    const [publisher, subscriber] = [await node.client(), await node.client()];
    subscriber.answer('atopic', () => 'from A client');
    peer = await RawPeer.dial(config.p2pPort, chain.node('bankB'), { synchronise: false });
    replay = new P2pReplay(peer, publisher, subscriber);
  });
  afterAll(async () => {
    await peer?.close();
    await Promise.all([replay?.publisher.close(), replay?.subscriber.close()]);
    await node?.stop();
    chain?.remove();
  });

  for (const [name, lines] of cases) {
    it(name, async () => {
      if (name === 'subscribe on A, peer sees new topic seq') {
        await replay.subscriber.subscribe(['atopic', 'anews']);
      }
      for (const line of lines) await play(line);
      await afterCase(name);
    });
  }

  async function play(line: P2pLine): Promise<void> {
    if (line.dir === 'peer->A') {
      replay.send(line);
      return;
    }
    if (CAUSED_BY_A_CLIENT.includes(line.what)) {
      // What the peer has announced before this frame must have arrived.
      await replay.barrier();
      const inner = replay.trigger(line);
      const ack = decodeP2p(Buffer.from(line.hex, 'hex')).packet === Packet.multicast;
      if (ack) expect((await replay.publisher.bySeq(inner.seq)).data).toEqual(inner.data);
    }
    const { ours, original } = await replay.receive(line);
    const difference = DIFFERENCES[line.case];
    if (!difference) {
      expect(ours).toEqual(original);
      return;
    }
    expect(ours, `${difference.defect} no longer differs`).not.toEqual(original);
    expect(ours, difference.why).toEqual({ ...original, ...difference.ours });
  }

  /** What a case says about node A beyond the frames that it sends to its peer. */
  async function afterCase(name: string): Promise<void> {
    await replay.barrier();
    const [row] = await peersOf(replay.publisher);
    expect(replay.unexpected).toEqual([]);
    if (name === 'multicast peer to A client') {
      const push = await replay.subscriber.byType(Channel.multicast);
      expect(decodeBody(push.data)).toEqual({ topic: 'anews', content: Buffer.from('news') });
    }
    if (name.startsWith('amop request A client to peer topic') && !name.includes('bytes')) {
      const answer = await replay.publisher.byType(Channel.response);
      expect(decodeBody(answer.data).content.toString()).toBe('from peer');
    }
    if (name === 'topic seq exchange: peer announces seq 3') {
      expect(row?.Topic.toSorted()).toEqual(['peernews', 'peertopic']);
    }
    if (name === 'private topic announced by peer') {
      expect(row?.Topic).not.toContain('#!$TopicNeedVerify_px');
    }
    if (name === 'send topics not asked for') expect(row?.Topic).not.toContain('ghost');
    if (name === 'topic seq decreasing') expect(row?.Topic).toEqual(['peertopic']);
    if (name === 'subscribe on A, peer sees new topic seq') {
      const { Topic: own } = (await replay.publisher.rpc('getNodeInfo')) as { Topic: string[] };
      expect(own.toSorted()).toEqual(['anews', 'atopic']);
    }
  }
});
