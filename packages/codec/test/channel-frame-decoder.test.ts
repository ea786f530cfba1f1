import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeChannelFrame } from '../src/channel-frame.ts';
import { ChannelFrameDecoder } from '../src/channel-frame-decoder.ts';
import { anyBytes, anySeq, anyU16, concat, cut, FIXED } from './arbitrary.ts';
import { codecErrorOf, codeOf } from './codec-error.ts';
import { fromHex, loadVectors, toHex, utf8 } from './vector-file.ts';

const SEQ = utf8('0123456789abcdef0123456789abcdef');

function frameOf(text: string): Uint8Array {
  return encodeChannelFrame({ type: 0x30, seq: SEQ, data: utf8(text) });
}

/** The frames that come out of the chunks, as hex. */
function decode(chunks: readonly Uint8Array[], decoder = new ChannelFrameDecoder()): string[] {
  const frames: string[] = [];
  for (const chunk of chunks) decoder.push(chunk, (frame) => frames.push(toHex(frame.bytes)));
  return frames;
}

describe('splits', () => {
  test('every golden frame is right at every split', () => {
    for (const { hex } of loadVectors('channel-frames.json')) {
      const bytes = fromHex(hex);
      for (let place = 0; place <= bytes.length; place++) {
        expect(decode(cut(bytes, [place]))).toEqual([hex]);
      }
    }
  });

  test('D-24: three frames in a row are right at every pair of splits', () => {
    const frames = ['', 'b', 'ccc'].map(frameOf);
    const bytes = concat(frames);
    const expected = frames.map(toHex);
    for (let first = 0; first <= bytes.length; first++) {
      for (let second = first; second <= bytes.length; second++) {
        expect(decode(cut(bytes, [first, second]))).toEqual(expected);
      }
    }
  });

  test('one byte at a time', () => {
    const frames = ['one', 'two'].map(frameOf);
    const chunks = Array.from(concat(frames), (byte) => Uint8Array.of(byte));
    expect(decode(chunks)).toEqual(frames.map(toHex));
  });

  test('any frames in any chunks', () => {
    const anyFrame = fc
      .tuple(anyU16, anySeq, fc.oneof(anyBytes(80), anyBytes(5000)))
      .map(([type, seq, data]) => encodeChannelFrame({ type, seq, data }));
    fc.assert(
      fc.property(
        fc.array(anyFrame, { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (frames, places) => {
          expect(decode(cut(concat(frames), places))).toEqual(frames.map(toHex));
        },
      ),
      FIXED,
    );
  });

  test('two frames of one record both come out', () => {
    const vector = loadVectors('malformed.json').find(
      ({ name }) => name === 'chan-two-frames-coalesced',
    );
    expect(decode([fromHex(vector?.hex ?? '')])).toHaveLength(
      vector?.fields.expect_frames as number,
    );
  });
});

describe('malformed vectors of the channel', () => {
  const unframed = ['chan-length', 'chan-partial-header', 'chan-two-frames'];
  const framed = loadVectors('malformed.json').filter(
    ({ name }) => name.startsWith('chan-') && !unframed.some((prefix) => name.startsWith(prefix)),
  );

  test.each(framed)('$name comes out as a frame like any other', ({ hex }) => {
    expect(decode([fromHex(hex)])).toEqual([hex]);
  });

  test('all of them were tried', () => {
    expect(framed).toHaveLength(11);
  });
});

describe('memory', () => {
  test('a frame inside a chunk is a view, also when the chunk is a Buffer', () => {
    const chunk = Buffer.from([...frameOf('one'), ...frameOf('two')]);
    const views: Uint8Array[] = [];
    new ChannelFrameDecoder().push(chunk, (frame) => views.push(frame.bytes));
    expect(views.map(({ buffer }) => buffer === chunk.buffer)).toEqual([true, true]);
    expect(views.map((view) => view.constructor)).toEqual([Uint8Array, Uint8Array]);
  });

  test('spent chunks are those that lie in one frame alone and were copied', () => {
    const spent: Uint8Array[] = [];
    const decoder = new ChannelFrameDecoder({ onSpent: (chunk) => spent.push(chunk) });
    const bytes = encodeChannelFrame({ type: 0x30, seq: SEQ, data: new Uint8Array(20_000) });
    const all = concat([bytes, bytes]);
    const own = [0, 5_000, 10_000, 15_000].map((at) => all.slice(at, at + 5_000));
    const shared = all.slice(20_000, 30_000).subarray(0, 5_000);
    for (const chunk of [...own, shared, all.slice(25_000)]) decoder.push(chunk, () => undefined);
    expect(spent.map(({ buffer }) => buffer)).toEqual(own.slice(1).map(({ buffer }) => buffer));
  });

  test('no frame shows memory that was spent, wherever the stream was cut', () => {
    const anyLength = fc.oneof(fc.nat(80), fc.nat(20_000));
    const anyFrame = fc
      .tuple(anyU16, anySeq, anyLength, fc.nat(255))
      .map(([type, seq, length, fill]) => {
        const data = new Uint8Array(length).map((_, at) => fill + at * at);
        return encodeChannelFrame({ type, seq, data });
      });
    let spentChunks = 0;
    fc.assert(
      fc.property(
        fc.array(anyFrame, { maxLength: 6 }),
        fc.array(fc.nat(80_000), { maxLength: 24 }),
        fc.infiniteStream(fc.boolean()),
        (frames, places, owns) => {
          const kept: Uint8Array[] = [];
          const decoder = new ChannelFrameDecoder({
            onSpent: ({ buffer }) => {
              spentChunks++;
              new Uint8Array(buffer).fill(0xee);
            },
          });
          for (const chunk of cut(new Uint8Array(Buffer.concat(frames)), places)) {
            const given = owns.next().value
              ? chunk
              : Buffer.concat([chunk, chunk], 2 * chunk.length).subarray(chunk.length);
            decoder.push(given, (frame) => kept.push(frame.bytes));
          }
          expect(kept.map(toHex)).toEqual(frames.map(toHex));
        },
      ),
      FIXED,
    );
    expect(spentChunks).toBeGreaterThan(100);
  });

  test('held bytes and the declared length can be asked for at any moment', () => {
    const decoder = new ChannelFrameDecoder();
    const bytes = frameOf('abc');
    const seen: number[][] = [];
    for (const byte of bytes) {
      decoder.push(Uint8Array.of(byte), () => {});
      seen.push([decoder.bufferedBytes, decoder.expectedBytes]);
    }
    expect(seen.slice(0, 5)).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 45],
      [5, 45],
    ]);
    expect(seen.at(-2)).toEqual([44, 45]);
    expect(seen.at(-1)).toEqual([0, 0]);
  });

  test('a tail after a whole frame is held', () => {
    const decoder = new ChannelFrameDecoder();
    decode([concat([frameOf('x'), frameOf('tail').subarray(0, 10)])], decoder);
    expect([decoder.bufferedBytes, decoder.expectedBytes]).toEqual([10, 46]);
  });
});

describe('lengths', () => {
  test.each([
    ['chan-length-zero', 'AMOP_CODEC_FRAME_TOO_SHORT'],
    ['chan-length-41', 'AMOP_CODEC_FRAME_TOO_SHORT'],
    ['chan-length-over-limit', 'AMOP_CODEC_FRAME_TOO_LARGE'],
  ])('D-23: %s is refused at its fourth byte, at every split of them', (name, code) => {
    const hex = loadVectors('malformed.json').find((vector) => vector.name === name)?.hex ?? '';
    const lengthField = fromHex(hex).subarray(0, 4);
    for (let place = 0; place <= 3; place++) {
      const decoder = new ChannelFrameDecoder();
      decoder.push(lengthField.subarray(0, place), () => {});
      expect(codeOf(() => decoder.push(lengthField.subarray(place), () => {}))).toBe(code);
    }
  });

  test.each([
    ['chan-length-at-limit-header-only', 42, 104_857_600],
    ['chan-partial-header', 10, 45],
  ])('%s waits for more', (name, buffered, expected) => {
    const decoder = new ChannelFrameDecoder();
    const hex = loadVectors('malformed.json').find((vector) => vector.name === name)?.hex ?? '';
    expect(decode([fromHex(hex)], decoder)).toEqual([]);
    expect([decoder.bufferedBytes, decoder.expectedBytes]).toEqual([buffered, expected]);
  });

  test('a lower limit holds, inclusive', () => {
    const fits = frameOf('12345678');
    expect(decode([fits], new ChannelFrameDecoder({ maxFrameBytes: 50 }))).toHaveLength(1);
    const error = codecErrorOf(() =>
      decode([frameOf('123456789')], new ChannelFrameDecoder({ maxFrameBytes: 50 })),
    );
    expect(error.code).toBe('AMOP_CODEC_FRAME_TOO_LARGE');
    expect(error.details).toEqual({ layer: 'channel', maxBytes: 50, actualBytes: 51 });
  });

  test.each([41, 104_857_601, Number.NaN])('%d is no limit', (maxFrameBytes) => {
    expect(codeOf(() => new ChannelFrameDecoder({ maxFrameBytes }))).toBe(
      'AMOP_CODEC_INVALID_ARGUMENT',
    );
  });

  test('frames before a bad length are delivered', () => {
    const frames: string[] = [];
    const chunk = concat([frameOf('good'), fromHex('00000000')]);
    expect(
      codeOf(() =>
        new ChannelFrameDecoder().push(chunk, (frame) => frames.push(toHex(frame.bytes))),
      ),
    ).toBe('AMOP_CODEC_FRAME_TOO_SHORT');
    expect(frames).toEqual([toHex(frameOf('good'))]);
  });
});

describe('end of decoding', () => {
  test('after an error the decoder refuses everything and holds nothing', () => {
    const decoder = new ChannelFrameDecoder();
    const halves = ['0000', '0001'].map(fromHex);
    expect(codeOf(() => decode(halves, decoder))).toBe('AMOP_CODEC_FRAME_TOO_SHORT');
    const error = codecErrorOf(() => decode([frameOf('late')], decoder));
    expect(error.code).toBe('AMOP_CODEC_DECODER_UNUSABLE');
    expect(error.details).toEqual({ layer: 'channel', reason: 'failed' });
    expect(decoder.bufferedBytes).toBe(0);
  });

  test('an exception of the receiver passes through and ends it too', () => {
    const decoder = new ChannelFrameDecoder();
    const failure = new Error('of the receiver');
    const fail = (): void => {
      throw failure;
    };
    expect(() => decoder.push(frameOf('a'), fail)).toThrow(failure);
    expect(codeOf(() => decode([frameOf('b')], decoder))).toBe('AMOP_CODEC_DECODER_UNUSABLE');
  });

  test('pushing from within a push is refused', () => {
    const decoder = new ChannelFrameDecoder();
    const nested = codecErrorOf(() =>
      decoder.push(frameOf('a'), () => decode([frameOf('b')], decoder)),
    );
    expect(nested.details).toEqual({ layer: 'channel', reason: 'nested' });
  });

  test('stop within a running push holds back the frames that follow', () => {
    const decoder = new ChannelFrameDecoder();
    const frames: string[] = [];
    decoder.push(concat([frameOf('a'), frameOf('b'), frameOf('c').subarray(0, 20)]), (frame) => {
      frames.push(toHex(frame.bytes));
      decoder.stop();
    });
    expect(frames).toEqual([toHex(frameOf('a'))]);
    expect(decode([frameOf('d'), fromHex('00000000')], decoder)).toEqual([]);
    expect([decoder.bufferedBytes, decoder.expectedBytes]).toEqual([0, 0]);
  });

  test('stop within a running push leaves alone what follows, whatever it is', () => {
    const decoder = new ChannelFrameDecoder();
    const chunk = concat([frameOf('a'), fromHex('0000000011223344')]);
    expect(codeOf(() => decoder.push(chunk, () => decoder.stop()))).toBeUndefined();
    expect(decoder.bufferedBytes).toBe(0);
  });

  test('stop within the frame that completes a held one holds back those behind it', () => {
    const decoder = new ChannelFrameDecoder();
    const first = frameOf('a');
    const frames: string[] = [];
    decoder.push(first.subarray(0, 30), () => {});
    decoder.push(concat([first.subarray(30), frameOf('b')]), (frame) => {
      frames.push(toHex(frame.bytes));
      decoder.stop();
    });
    expect(frames).toEqual([toHex(first)]);
  });

  test('stop forgets what is held', () => {
    const decoder = new ChannelFrameDecoder();
    decode([frameOf('a').subarray(0, 30)], decoder);
    decoder.stop();
    expect(decoder.bufferedBytes).toBe(0);
    expect(decode([frameOf('a').subarray(30)], decoder)).toEqual([]);
  });
});

test('any bytes in any chunks throw nothing but a CodecError', () => {
  const length = fc.constantFrom(
    '0000002a',
    '0000002b',
    '00000100',
    '00000029',
    '06400000',
    '06400001',
  );
  const start = length.map(fromHex);
  fc.assert(
    fc.property(fc.array(fc.oneof(anyBytes(90), start), { maxLength: 8 }), (chunks) => {
      const decoder = new ChannelFrameDecoder();
      const pushed = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      let delivered = 0;
      const code = codeOf(() => {
        for (const chunk of chunks)
          decoder.push(chunk, (frame) => (delivered += frame.bytes.length));
      });
      if (code === undefined) expect(delivered + decoder.bufferedBytes).toBe(pushed);
      else expect(code).toMatch(/^AMOP_CODEC_FRAME_TOO_(SHORT|LARGE)$/);
    }),
    FIXED,
  );
});
