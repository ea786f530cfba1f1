import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, makeChain } from '../src/node/chain.ts';
import { hasOpenssl } from '../src/node/openssl-chain.ts';
import { RawClient } from '../src/raw/raw-client.ts';
import { innerOf, RawPeer, RawPeerHost } from '../src/raw/raw-peer.ts';
import { listenTls } from '../src/raw/raw-tls.ts';
import { readP2pRecording } from '../src/replay/recording.ts';
import { Channel, encodeBody, encodeChannel, newSeq } from '../src/wire/channel-frame.ts';
import { COMPRESSED, decodeP2p, encodeP2p } from '../src/wire/p2p-frame.ts';
import { literalBlock, unpackBlock } from '../src/wire/snappy-block.ts';

describe('the raw tools against each other', () => {
  let chain: Chain;
  beforeAll(() => {
    chain = makeChain(['bankA', 'bankB']);
  });
  afterAll(() => chain.remove());

  it('two raw peers exchange lists and a request, compressed one way', async () => {
    const host = await RawPeerHost.listen(chain.node('bankA'), { topics: ['a', 'b'] });
    const peer = await RawPeer.dial(host.port, chain.node('bankB'), { compress: true });
    const session = await host.accept();
    session.answer((inner) => encodeChannel(Channel.response, inner.seq, inner.data));

    expect(await peer.lists.take(() => true, 'list')).toEqual(['a', 'b']);
    expect(await session.lists.take(() => true, 'list')).toEqual([]);

    const seq = newSeq();
    const body = encodeBody('a', 'x'.repeat(100));
    const answer = await peer.request(encodeChannel(Channel.request, seq, body));
    expect(answer).toMatchObject({ type: Channel.response, seq, data: body });
    await host.close();
    await peer.closed;
  });

  it('a raw client reads one frame from one record, and many frames from one', async () => {
    const frames = ['1', '22', '333'].map((text) =>
      encodeChannel(Channel.multicast, newSeq(), encodeBody('t', text)),
    );
    const { server, port } = await listenTls(chain.node('bankA'), (socket) => {
      socket.write(Buffer.concat(frames));
    });
    const client = await RawClient.connect(port, chain.sdk('bankA'));
    for (const bytes of frames)
      expect((await client.byType(Channel.multicast)).bytes).toEqual(bytes);
    expect(client.records.length).toBe(1);
    await client.close();
    server.close();
  });

  it.skipIf(!hasOpenssl())(
    'an openssl-made root has no extensions, the leaf file has the chain',
    () => {
      const { ca, cert } = chain.node('bankA');
      expect(ca.split('BEGIN CERTIFICATE').length).toBe(2);
      expect(cert.split('BEGIN CERTIFICATE').length).toBe(4);
    },
  );
});

describe('the raw encoders', () => {
  it('write every recorded p2p frame again, byte for byte', () => {
    for (const { hex } of readP2pRecording()) {
      const bytes = Buffer.from(hex, 'hex');
      expect(encodeP2p(decodeP2p(bytes)).toString('hex')).toBe(hex);
    }
  });

  it('unpack a snappy block of the original', () => {
    const packed = readP2pRecording()
      .map(({ hex }) => decodeP2p(Buffer.from(hex, 'hex')))
      .filter((frame) => frame.version & COMPRESSED && frame.payload.length > 10);
    expect(packed.length).toBe(4);
    for (const frame of packed) {
      const inner = innerOf(frame);
      expect(inner.bytes.length).toBe(unpackBlock(frame.payload).length);
      expect(inner.type).toBe(Channel.request);
    }
  });

  it('pack blocks that unpack to their input', () => {
    for (const length of [0, 1, 59, 60, 61, 1000]) {
      const input = Buffer.alloc(length, 'abc');
      expect(unpackBlock(literalBlock(input))).toEqual(input);
    }
  });
});
