import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENCY, TwoNodes, untilRoutable } from '../src/node/two-nodes.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import { RawPeer } from '../src/raw/raw-peer.ts';
import { countFramesOfOwnRecord } from '../src/raw/record-check.ts';
import { Channel, encodeBody, encodeChannel, newSeq } from '../src/wire/channel-frame.ts';

describe('what a session of the original suffers from', () => {
  let nodes: TwoNodes;
  let a: RawClient;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
    a = await nodes.client('A');
  });
  afterAll(() => nodes?.stop());

  it.each([
    ['no data', Channel.request, Buffer.alloc(0)],
    ['topic length 0', Channel.request, Buffer.from([0, 1, 2])],
    ['a topic beyond the data', Channel.request, Buffer.from([9, 0x61])],
    ['no data', Channel.multicast, Buffer.alloc(0)],
    ['topic length 0', Channel.multicast, Buffer.from([0, 1, 2])],
  ])('D-01, D-08 answers a frame with %s (type %i) with 105 and goes on', async (_, type, data) => {
    const answer = await a.call(type, data);
    expect(answer).toMatchObject({ type: Channel.response, result: 105, data: Buffer.alloc(0) });
    await a.barrier();
  });

  it.each([0, 1, 16, 41])(
    'D-23 ends a session at once for a frame of length %i',
    async (length) => {
      const client = await nodes.client('A');
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(length);
      client.send(bytes);
      await client.closed;
    },
  );

  it.each([[['06400001']], [['06', '40', '0001']]])(
    'D-23 ends a session as soon as the bytes %j announce too much',
    async (parts) => {
      const client = await nodes.client('A');
      for (const part of parts) client.send(Buffer.from(part, 'hex'));
      await client.closed;
    },
  );

  it.each(['0000000f', '00000000', '06400001'])(
    'D-23 ends a p2p session for the length %s',
    async (hex) => {
      const identity = nodes.chain.node(AGENCY.B, 1);
      const peer = await RawPeer.dial(nodes.A.config.p2pPort, identity, { topics: ['peer'] });
      await untilRoutable(a, 'peer');
      peer.sendBytes(Buffer.from(hex, 'hex'));
      await peer.closed;
      await untilRoutable(a, 'peer', false);
    },
  );

  it('D-24 gives every frame to an original SDK a TLS record of its own', async () => {
    const subscriber = await nodes.subscriber('B', 'records');
    await untilRoutable(a, 'records');
    const before = subscriber.records.length;
    const sent = Array.from({ length: 60 }, (_, i) =>
      encodeChannel(Channel.multicast, newSeq(), encodeBody('records', 'x'.repeat(i * 10))),
    );
    const large = encodeChannel(
      Channel.multicast,
      newSeq(),
      encodeBody('records', Buffer.alloc(100_000)),
    );
    a.send(...sent, large, ...sent.map((bytes) => renumbered(bytes)));
    for (let i = 0; i < 121; i++) await subscriber.byType(Channel.multicast);
    expect(countFramesOfOwnRecord(subscriber.records.slice(before))).toBe(121);
  });

  it('D-24 gives answers made in the same turn a record each', async () => {
    const client = await nodes.client('A');
    const request = '{"jsonrpc":"2.0","method":"getNodeInfo","params":[],"id":1}';
    const frames = Array.from({ length: 40 }, (_, i) =>
      encodeChannel(i % 2 ? Channel.heartbeat : Channel.rpc, newSeq(), i % 2 ? '0' : request),
    );
    client.send(...frames);
    for (let i = 0; i < 20; i++) {
      await client.byType(Channel.rpc);
      await client.byType(Channel.heartbeat);
    }
    expect(countFramesOfOwnRecord(client.records)).toBe(40);
  });

  it('D-22 refuses what a session subscribes beyond its limit, and keeps the rest', async () => {
    const client = await nodes.client('A');
    const topics = Array.from({ length: 100_010 }, (_, i) => `limit/${i}`);
    await client.subscribe(topics);
    const { Topic: known } = (await client.rpc('getNodeInfo')) as { Topic: string[] };
    const own = known.filter((topic) => topic.startsWith('limit/'));
    expect(own.length).toBe(100_000);
    await client.close();
  });
});

/** The frame under another seq: a copy that is no duplicate. */
function renumbered(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.write(newSeq(), 6, 32, 'latin1');
  return copy;
}
