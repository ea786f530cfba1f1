import { describe, expect, test } from 'vitest';
import { encodeAmopBody, readAmopBody } from '../src/amop-body.ts';
import { type ChannelFrame, encodeChannelFrame, readChannelFrame } from '../src/channel-frame.ts';
import { ChannelFrameDecoder } from '../src/channel-frame-decoder.ts';
import { compress, decompress } from '../src/compression.ts';
import { ChannelType, P2pProtocol } from '../src/constants.ts';
import { encodeP2pFrame, type P2pFrame } from '../src/p2p-frame.ts';
import { P2pFrameDecoder } from '../src/p2p-frame-decoder.ts';
import { encodeTopicList, parseTopicList } from '../src/topic-list.ts';
import { codeOf } from './codec-error.ts';
import { fromHex, loadRecording, type Recorded, toHex } from './vector-file.ts';

const CHANNEL = loadRecording('ref-channel.jsonl');
const P2P = loadRecording('ref-p2p.jsonl');

/** What the decoder says to lines that are not whole frames; every other line is one frame. */
const NO_FRAME = new Map<string, string | undefined>([
  ['malformed: length field 0 (below header 42)', 'AMOP_CODEC_FRAME_TOO_SHORT'],
  ['malformed: length field 4 (below header 42)', 'AMOP_CODEC_FRAME_TOO_SHORT'],
  ['malformed: length field 10 (below header 42)', 'AMOP_CODEC_FRAME_TOO_SHORT'],
  ['malformed: length field 41 (below header 42)', 'AMOP_CODEC_FRAME_TOO_SHORT'],
  ['malformed: length 100 MiB + 1', 'AMOP_CODEC_FRAME_TOO_LARGE'],
  ['malformed: length 0xffffffff', 'AMOP_CODEC_FRAME_TOO_LARGE'],
  ['malformed: length 100 MiB exactly (body never sent)', undefined],
  ['malformed: plain HTTP text on TLS', 'AMOP_CODEC_FRAME_TOO_LARGE'],
]);

function decodeChannel(hex: string): ChannelFrame[] {
  const frames: ChannelFrame[] = [];
  new ChannelFrameDecoder().push(fromHex(hex), (frame) => frames.push(frame));
  return frames;
}

function encodeAgain({ type, seq, result, data }: ChannelFrame): string {
  return toHex(encodeChannelFrame({ type, seq, result, data }));
}

function decodeP2p(line: Recorded): P2pFrame {
  const frames: P2pFrame[] = [];
  new P2pFrameDecoder().push(fromHex(line.hex), (frame) => frames.push(frame));
  const [frame] = frames;
  if (frame === undefined || frames.length !== 1) throw new Error(`${line.case}: not one frame`);
  return frame;
}

describe('channel', () => {
  test('every recorded frame decodes and re-encodes to the same bytes', () => {
    const lines = CHANNEL.filter(({ what }) => !NO_FRAME.has(what) && !what.includes('two frames'));
    expect(lines).toHaveLength(195);
    for (const line of lines) expect(decodeChannel(line.hex).map(encodeAgain)).toEqual([line.hex]);
  });

  test('two frames and a half in one record: two come out, the rest is held', () => {
    const line = CHANNEL.find(({ what }) => what.includes('two frames'));
    const bytes = fromHex(line?.hex ?? '');
    const decoder = new ChannelFrameDecoder();
    const frames: ChannelFrame[] = [];
    decoder.push(bytes, (frame) => frames.push(frame));
    expect(frames.map(encodeAgain).join('')).toBe(toHex(bytes.subarray(0, 86)));
    expect([decoder.bufferedBytes, decoder.expectedBytes]).toEqual([20, 43]);
  });

  test.each([...NO_FRAME])('%s: %s', (what, code) => {
    const lines = CHANNEL.filter((line) => line.what === what);
    expect(lines).toHaveLength(1);
    for (const { hex } of lines)
      expect(codeOf(() => expect(decodeChannel(hex)).toEqual([]))).toBe(code);
  });

  test('every recorded AMOP body decodes and re-encodes, but for the malformed ones', () => {
    const carriers: number[] = [ChannelType.request, ChannelType.response, ChannelType.multicast];
    const frames = CHANNEL.filter(({ what }) => !NO_FRAME.has(what))
      .flatMap(({ hex }) => decodeChannel(hex))
      .filter(({ data, type }) => carriers.includes(type) && data.length > 0);
    const refused = frames.filter(({ data }) => {
      const code = codeOf(() => {
        const { topic, content } = readAmopBody(data);
        expect(toHex(encodeAmopBody(topic, content))).toBe(toHex(data));
      });
      return code !== undefined;
    });
    expect(frames).toHaveLength(81);
    expect(refused.map(({ data }) => toHex(data))).toEqual(['c86162']);
  });
});

describe('p2p', () => {
  test('every recorded frame decodes and re-encodes to the same bytes', () => {
    expect(P2P).toHaveLength(40);
    for (const line of P2P) {
      const { packetType, payload, protocolId, seq, version } = decodeP2p(line);
      expect(toHex(encodeP2pFrame({ packetType, payload, protocolId, seq, version }))).toBe(
        line.hex,
      );
    }
  });

  test('every compressed payload decompresses, and comes back through our own block', () => {
    const compressed = P2P.map(decodeP2p).filter((frame) => frame.compressed);
    const broken = compressed.filter(({ payload }) => {
      const code = codeOf(() => {
        const plain = decompress(payload);
        expect(decompress(compress(plain))).toEqual(plain);
      });
      return code !== undefined;
    });
    expect([compressed.length, broken.length]).toEqual([5, 1]);
    expect(broken.map(({ payload }) => toHex(payload))).toEqual(['ffffffff00']);
  });

  test('every AMOP payload is a channel frame that re-encodes to the same bytes', () => {
    const payloads = P2P.filter(({ case: name }) => !name.includes('garbage'))
      .map(decodeP2p)
      .filter(({ protocolId }) => Math.abs(protocolId) === P2pProtocol.amop)
      .map((frame) => (frame.compressed ? decompress(frame.payload) : frame.payload));
    expect(payloads.length).toBeGreaterThan(15);
    for (const payload of payloads)
      expect(encodeAgain(readChannelFrame(payload))).toBe(toHex(payload));
  });

  test('every topic list of the original re-encodes to the same bytes, those of its peer to the same set', () => {
    const lines = P2P.filter(({ what }) => what === 'send topics');
    for (const line of lines) {
      const { payload } = decodeP2p(line);
      const { rejected, sequence, topics } = parseTopicList(payload);
      const encoded = encodeTopicList(sequence, topics);
      expect(rejected).toBe(0);
      if (line.dir === 'A->peer') expect(toHex(encoded)).toBe(toHex(payload));
      else expect(parseTopicList(encoded).topics).toEqual(topics.toSorted());
    }
    expect(lines.map(({ dir }) => dir)).toContain('A->peer');
    expect(lines).toHaveLength(5);
  });
});
