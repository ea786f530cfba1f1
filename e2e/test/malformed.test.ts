import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AGENCY, TwoNodes, untilRoutable } from '../src/node/two-nodes.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import { RawPeer } from '../src/raw/raw-peer.ts';
import { readVectors } from '../src/replay/recording.ts';
import {
  Channel,
  decodeBody,
  decodeChannel,
  encodeBody,
  encodeChannel,
  newSeq,
} from '../src/wire/channel-frame.ts';

interface Vector {
  readonly name: string;
  readonly fields: { readonly layer: 'channel' | 'p2p' };
  readonly hex: string;
}

const vectors = readVectors('malformed.json') as readonly Vector[];
const vectorsOf = (layer: string): [string, Buffer][] =>
  vectors
    .filter((vector) => vector.fields.layer === layer)
    .map(({ name, hex }) => [name, Buffer.from(hex, 'hex')]);

/** Frames of our own making that an original node does not survive, or answers badly. */
const MORE: [string, Buffer][] = [
  ['0x35 with topic length 0', encodeChannel(Channel.multicast, newSeq(), Buffer.from('\0abc'))],
  [
    '0x30 with a topic that is not UTF-8',
    encodeChannel(0x30, newSeq(), Buffer.from([3, 0xff, 0xfe, 1])),
  ],
  ['0x31 with topic length 0', encodeChannel(Channel.response, newSeq(), Buffer.alloc(1))],
  ['0x12 that is not JSON', encodeChannel(Channel.rpc, newSeq(), '{"jsonrpc":')],
  ['0x12 without data', encodeChannel(Channel.rpc, newSeq())],
  ['0x32 nested 100 000 deep', encodeChannel(Channel.subscribe, newSeq(), '['.repeat(100_000))],
  [
    '0x32 with names that are no topics',
    encodeChannel(0x32, newSeq(), '["a\\tb","\\u0000","\\ud800"]'),
  ],
  [
    '0x32 with a name of 64 KiB',
    encodeChannel(0x32, newSeq(), JSON.stringify(['x'.repeat(65_536)])),
  ],
  ['0x14 with numbers beyond any range', encodeChannel(0x14, newSeq(), '{"maximumSupport":1e999}')],
  [
    '0x37 and 0x38 that nobody asked for',
    Buffer.concat([
      encodeChannel(0x37, newSeq(), '{}'),
      encodeChannel(0x38, newSeq(), '{"checkResult":0,"nodeId":"00","topic":"t"}'),
    ]),
  ],
  ['plain text', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
];

/** What the sender of a vector sees; silence where nothing is named. */
const CLOSED = [
  'chan-length-zero',
  'chan-length-41',
  'chan-length-over-limit',
  'chan-0x14-disjoint-range',
  'plain text',
  'p2p-length-15',
  'p2p-length-over-limit',
];
const ANSWERED_105 = [
  'chan-0x30-empty-data',
  'chan-0x30-topic-length-zero',
  'chan-0x30-topic-length-overrun',
  '0x35 with topic length 0',
  '0x30 with a topic that is not UTF-8',
];

describe('malformed input', () => {
  let nodes: TwoNodes;
  let a: RawClient;
  let b: RawClient;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
    a = await nodes.subscriber('A', 'bystander at A');
    b = await nodes.subscriber('B', 'bystander at B');
    for (const client of [a, b]) {
      for (const topic of ['bystander at A', 'bystander at B'])
        client.answer(topic, (text) => text);
    }
    await untilRoutable(a, 'bystander at B');
    await untilRoutable(b, 'bystander at A');
  });
  afterAll(() => nodes?.stop());

  /** Everybody else is still served: across the nodes in both directions, and locally. */
  afterEach(async () => {
    for (const sender of [a, b]) {
      for (const topic of ['bystander at A', 'bystander at B']) {
        expect(decodeBody((await sender.request(topic, 'alive?')).data).content.toString()).toBe(
          'alive?',
        );
      }
    }
    expect([nodes.A.isAlive, nodes.B.isAlive]).toEqual([true, true]);
  });

  it.each([...vectorsOf('channel'), ...MORE])('channel: %s', async (name, bytes) => {
    const sender = await nodes.client('A');
    sender.send(bytes);
    if (CLOSED.includes(name)) {
      await sender.closed;
      expect(sender.inbox.items).toEqual([]);
      return;
    }
    if (ANSWERED_105.includes(name)) {
      const answer = await sender.bySeq(decodeChannel(bytes).seq);
      expect(answer).toMatchObject({ type: Channel.response, result: 105, data: Buffer.alloc(0) });
    }
    if (name.startsWith('0x12')) {
      const answer = await sender.byType(Channel.rpc);
      expect(JSON.parse(answer.data.toString())).toMatchObject({
        error: { code: -32700 },
        id: null,
      });
    }
    await sender.close();
  });

  it.each(vectorsOf('p2p'))('p2p: %s', async (name, bytes) => {
    const identity = nodes.chain.node(AGENCY.B, 1);
    const peer = await RawPeer.dial(nodes.A.config.p2pPort, identity, { topics: ['p2p'] });
    await untilRoutable(a, 'p2p');
    peer.sendBytes(bytes);
    if (CLOSED.includes(name)) await peer.closed;
    else {
      const inner = encodeChannel(Channel.request, newSeq(), encodeBody('bystander at A', 'peer'));
      expect(decodeBody((await peer.request(inner)).data).content.toString()).toBe('peer');
    }
    await peer.close();
    await untilRoutable(a, 'p2p', false);
  });

  it.each(['channelPort', 'p2pPort'] as const)(
    'plain text instead of TLS on the %s',
    async (port) => {
      const socket = connect(nodes.A.config[port], '127.0.0.1');
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.on('error', () => {
        // A reset is as good as an end.
      });
      socket.resume();
      socket.write('GET / HTTP/1.1\r\n\r\n');
      await closed;
    },
  );

  it('a connection that ends in the middle of a frame', async () => {
    const sender = await nodes.client('A');
    sender.send(Buffer.from('0000ffff0030', 'hex'));
    await sender.close();
  });
});
