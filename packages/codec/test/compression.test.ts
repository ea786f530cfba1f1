import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { compress, decompress } from '../src/compression.ts';
import { readP2pFrame } from '../src/p2p-frame.ts';
import { anyBytes, FIXED } from './arbitrary.ts';
import { codecErrorOf, codeOf } from './codec-error.ts';
import { fromHex, loadVectors, textField, toHex, utf8 } from './vector-file.ts';

const library = vi.hoisted(() => ({
  calls: 0,
  replacement: undefined as Uint8Array | string | undefined,
}));

vi.mock('snappy', async (importOriginal) => {
  const snappy = await importOriginal<typeof import('snappy')>();
  return {
    ...snappy,
    uncompressSync: (input: Uint8Array): unknown => {
      library.calls += 1;
      return library.replacement ?? snappy.uncompressSync(input);
    },
  };
});

describe('golden vectors', () => {
  test('amop-unicast-request-snappy decompresses; our block holds the same', () => {
    const vector = loadVectors('p2p-frames.json').find(
      ({ name }) => name === 'amop-unicast-request-snappy',
    );
    if (vector === undefined) throw new Error('vector is missing');
    const frame = readP2pFrame(fromHex(vector.hex));
    expect(frame.compressed).toBe(true);
    const payload = decompress(frame.payload);
    expect(toHex(payload)).toBe(textField(vector, 'payload_hex'));
    expect(decompress(compress(payload))).toEqual(payload);
  });

  test.each([
    ['p2p-compressed-flag-garbage', 'AMOP_CODEC_DECOMPRESSION'],
    ['p2p-snappy-announced-256-MiB', 'AMOP_CODEC_FRAME_TOO_LARGE'],
    ['p2p-snappy-short-block', 'AMOP_CODEC_DECOMPRESSION'],
  ])('%s is refused', (name, code) => {
    const hex = loadVectors('malformed.json').find((vector) => vector.name === name)?.hex ?? '';
    expect(codeOf(() => decompress(readP2pFrame(fromHex(hex)).payload))).toBe(code);
  });
});

test('any payload comes back, as a plain Uint8Array', () => {
  const repetitive = fc.tuple(anyBytes(8), fc.nat({ max: 400 })).map(([bytes, times]) => {
    return Uint8Array.from(
      { length: bytes.length * times },
      (_, index) => bytes[index % bytes.length] ?? 0,
    );
  });
  fc.assert(
    fc.property(fc.oneof(anyBytes(3000), repetitive), (payload) => {
      const result = decompress(compress(payload), payload.length);
      expect(result).toEqual(payload);
      expect(result.constructor).toBe(Uint8Array);
    }),
    FIXED,
  );
});

test('the best that snappy can do is still plausible', () => {
  const zeroes = new Uint8Array(1_000_000);
  const block = compress(zeroes);
  expect(block.length).toBeLessThan(50_000);
  expect(decompress(block)).toHaveLength(1_000_000);
});

describe('before the library is called', () => {
  test('the announced length is held against the limit', () => {
    const block = compress(new Uint8Array(1000));
    library.calls = 0;
    const error = codecErrorOf(() => decompress(block, 999));
    expect(error.code).toBe('AMOP_CODEC_FRAME_TOO_LARGE');
    expect(error.details).toEqual({ layer: 'compression', maxBytes: 999, actualBytes: 1000 });
    expect(library.calls).toBe(0);
  });

  test('the announced length is held against what so few bytes can hold', () => {
    library.calls = 0;
    const error = codecErrorOf(() => decompress(fromHex('8080803200aabbcc'))); // 100 MiB out of 8
    expect(error.details).toEqual({
      reason: 'implausible-length',
      payloadBytes: 8,
      announcedBytes: 104_857_600,
    });
    expect(library.calls).toBe(0);
  });

  test.each([
    ['nothing', ''],
    ['an unfinished varint', 'ffff'],
    ['a varint of six bytes', '808080808001'],
    ['a varint above u32', 'ffffffff1f00'],
  ])('%s is no length', (_name, hex) => {
    library.calls = 0;
    expect(codecErrorOf(() => decompress(fromHex(hex))).details).toMatchObject({
      reason: 'bad-length',
    });
    expect(library.calls).toBe(0);
  });
});

describe('broken blocks', () => {
  test.each([
    ['ends early', '0a0461'],
    ['bytes behind the end', '0100614142'],
    ['a copy from before the start', '0501ff'],
  ])('%s', (_name, hex) => {
    const error = codecErrorOf(() => decompress(fromHex(hex)));
    expect(error.code).toBe('AMOP_CODEC_DECOMPRESSION');
    expect(error.details).toMatchObject({ reason: 'bad-block' });
    expect(error.cause).toBeInstanceOf(Error);
  });

  test.each([
    ['wrong-length', new Uint8Array(3)],
    ['bad-block', 'text'],
  ])('a library that returns something else is not believed: %s', (reason, replacement) => {
    library.replacement = replacement;
    try {
      expect(codecErrorOf(() => decompress(compress(utf8('four')))).details).toMatchObject({
        reason,
      });
    } finally {
      library.replacement = undefined;
    }
  });
});

test('any bytes are a block or refused by name', () => {
  fc.assert(
    fc.property(anyBytes(30), (payload) => {
      const code = codeOf(() => decompress(payload, 10_000));
      expect([undefined, 'AMOP_CODEC_DECOMPRESSION', 'AMOP_CODEC_FRAME_TOO_LARGE']).toContain(code);
    }),
    { ...FIXED, numRuns: 2000 },
  );
});
