import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeP2pFrame } from '../src/p2p-frame.ts';
import { P2pFrameDecoder } from '../src/p2p-frame-decoder.ts';
import { anyBytes, anyI32, anyU16, anyU32, concat, cut, FIXED } from './arbitrary.ts';
import { codecErrorOf, codeOf } from './codec-error.ts';
import { fromHex, loadVectors, toHex } from './vector-file.ts';

const VECTORS = loadVectors('p2p-frames.json');
const HEARTBEAT = fromHex('0000001100000000000200010000000030');

/** The frames that come out of the chunks, as hex. */
function decode(chunks: readonly Uint8Array[], decoder = new P2pFrameDecoder()): string[] {
  const frames: string[] = [];
  for (const chunk of chunks) decoder.push(chunk, (frame) => frames.push(toHex(frame.bytes)));
  return frames;
}

describe('16-byte header', () => {
  const wide = VECTORS.filter(({ fields }) => fields.layout === 'rc2-16');

  test.each(wide)('$name is right at every split, as first and as later frame', ({ hex }) => {
    const bytes = fromHex(hex);
    for (let place = 0; place <= bytes.length; place++) {
      expect(decode(cut(bytes, [place]))).toEqual([hex]);
      expect(decode([HEARTBEAT, ...cut(bytes, [place])])).toEqual([toHex(HEARTBEAT), hex]);
    }
  });

  test('any frames in any chunks', () => {
    const anyFrame = fc
      .tuple(anyI32, anyU16, anyU32, anyBytes(300))
      .map(([protocolId, packetType, seq, payload]) =>
        encodeP2pFrame({ protocolId, packetType, seq, payload }),
      );
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
});

describe('12-byte header', () => {
  const narrow = VECTORS.filter(({ fields }) => fields.layout === 'rc1-12');

  test.each(narrow)('D-38: $name is recognised and refused by name at every split', ({ hex }) => {
    const bytes = fromHex(hex);
    for (let place = 0; place <= bytes.length; place++) {
      expect(codeOf(() => decode(cut(bytes, [place])))).toBe('AMOP_CODEC_TWELVE_BYTE_HEADER');
    }
  });

  test('all its vectors were tried', () => {
    expect(narrow).toHaveLength(8);
  });

  test('the message names the cure', () => {
    const error = codecErrorOf(() => decode([fromHex('0000000d000200010000000030')]));
    expect(error.message).toContain('compatibility.supported_version');
    expect(error.message).toContain('2.0.0-rc1');
    expect(error.details).toEqual({ protocol: 2, packetType: 1 });
  });

  test('a heartbeat with a sequence of many digits is recognised as well', () => {
    const bytes = fromHex(`000000160002000100000000${'39'.repeat(10)}`);
    expect(codeOf(() => decode([bytes]))).toBe('AMOP_CODEC_TWELVE_BYTE_HEADER');
  });

  test('is no question after the first frame', () => {
    const late = encodeP2pFrame({ version: 2, protocolId: 0x1_0000, packetType: 0, seq: 0 });
    expect(decode([HEARTBEAT, late])).toEqual([toHex(HEARTBEAT), toHex(late)]);
    expect(codeOf(() => decode([HEARTBEAT, fromHex('0000000d000200010000000030')]))).toBe(
      'AMOP_CODEC_FRAME_TOO_SHORT',
    );
  });
});

describe('lengths', () => {
  test.each(['00000000', '0000000b'])('length %s is refused at its fourth byte', (hex) => {
    expect(codeOf(() => decode([fromHex(hex)]))).toBe('AMOP_CODEC_FRAME_TOO_SHORT');
  });

  test('length 15 is refused: at once behind another frame, when complete as the first', () => {
    const hex =
      loadVectors('malformed.json').find(({ name }) => name === 'p2p-length-15')?.hex ?? '';
    expect(codeOf(() => decode([HEARTBEAT, fromHex(hex).subarray(0, 4)]))).toBe(
      'AMOP_CODEC_FRAME_TOO_SHORT',
    );
    expect(codeOf(() => decode([fromHex(hex)]))).toBe('AMOP_CODEC_FRAME_TOO_SHORT');
  });

  test('D-23: above the limit is refused at its fourth byte', () => {
    const error = codecErrorOf(() => decode([fromHex('06400001')]));
    expect(error.code).toBe('AMOP_CODEC_FRAME_TOO_LARGE');
    expect(error.details).toEqual({
      layer: 'p2p',
      maxBytes: 104_857_600,
      actualBytes: 104_857_601,
    });
  });

  test.each([15, 104_857_601])('%d is no limit', (maxFrameBytes) => {
    expect(codeOf(() => new P2pFrameDecoder({ maxFrameBytes }))).toBe(
      'AMOP_CODEC_INVALID_ARGUMENT',
    );
  });
});

describe('malformed vectors of the p2p layer', () => {
  const wellFramed = loadVectors('malformed.json').filter(
    ({ name, fields }) => fields.layer === 'p2p' && !name.startsWith('p2p-length'),
  );

  test.each(wellFramed)('$name comes out as a frame like any other', ({ hex }) => {
    expect(decode([fromHex(hex)])).toEqual([hex]);
  });

  test('all of them were tried', () => {
    expect(wellFramed).toHaveLength(8);
  });
});

test('any bytes in any chunks throw nothing but a CodecError', () => {
  const start = fc
    .constantFrom('00000010', '0000000c', '0000000d00020001', '06400001')
    .map(fromHex);
  fc.assert(
    fc.property(fc.array(fc.oneof(anyBytes(40), start), { maxLength: 8 }), (chunks) => {
      expect(codeOf(() => decode(chunks)) ?? 'AMOP_CODEC_').toMatch(/^AMOP_CODEC_/);
    }),
    FIXED,
  );
});
