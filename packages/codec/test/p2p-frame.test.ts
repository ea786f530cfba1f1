import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeP2pFrame, P2pFrame, readP2pFrame, writeP2pHeader } from '../src/p2p-frame.ts';
import { anyBytes, anyI32, anyU16, anyU32, FIXED } from './arbitrary.ts';
import { codeOf } from './codec-error.ts';
import { fromHex, loadVectors, numberField, toHex } from './vector-file.ts';

const WIDE = loadVectors('p2p-frames.json').filter(({ fields }) => fields.layout === 'rc2-16');

describe('golden vectors', () => {
  test.each(WIDE)('$name decodes and encodes', (vector) => {
    const frame = readP2pFrame(fromHex(vector.hex));
    const protocolId = numberField(vector, 'protocolID');
    const packetType = numberField(vector, 'packetType');
    const seq = numberField(vector, 'seq');
    const version = numberField(vector, 'version');
    expect(frame.protocolId).toBe(protocolId);
    expect(frame.packetType).toBe(packetType);
    expect(frame.seq).toBe(seq);
    expect(frame.version).toBe(version);
    expect(frame.compressed).toBe(version === 0x8000);
    const onWire = vector.fields.payload_compressed_hex ?? vector.fields.payload_hex;
    if (typeof onWire === 'string') expect(toHex(frame.payload)).toBe(onWire);
    const { payload } = frame;
    expect(toHex(encodeP2pFrame({ protocolId, packetType, seq, payload, version }))).toBe(
      vector.hex,
    );
  });

  test('both layouts are among the vectors', () => {
    expect(WIDE).toHaveLength(14);
  });
});

test('any fields come back', () => {
  fc.assert(
    fc.property(
      anyI32,
      anyU16,
      anyU32,
      anyU16,
      anyBytes(99),
      (protocolId, packetType, seq, version, payload) => {
        const frame = readP2pFrame(
          encodeP2pFrame({ protocolId, packetType, seq, version, payload }),
        );
        expect([frame.protocolId, frame.packetType, frame.seq, frame.version]).toEqual([
          protocolId,
          packetType,
          seq,
          version,
        ]);
        expect(frame.payload).toEqual(payload);
      },
    ),
    FIXED,
  );
});

test('only the highest version bit says compressed', () => {
  const compressedOf = (version: number): boolean =>
    readP2pFrame(encodeP2pFrame({ protocolId: 1, packetType: 0, seq: 1, version })).compressed;
  expect(compressedOf(0x8001)).toBe(true);
  expect(compressedOf(0x7fff)).toBe(false);
});

test('the payload is a view, bytes after the frame are left alone', () => {
  const bytes = fromHex('000000120000000000020001000000003337ffff');
  const frame = readP2pFrame(bytes);
  bytes[16] = 0x34;
  expect(toHex(frame.payload)).toBe('3437');
});

test.each([
  ['no byte', '', 'AMOP_CODEC_TRUNCATED'],
  ['length 15', '0000000f00000000000200010000000031', 'AMOP_CODEC_FRAME_TOO_SHORT'],
  [
    'one byte less than declared',
    '0000001100000000000200010000000031'.slice(0, -2),
    'AMOP_CODEC_TRUNCATED',
  ],
  ['above the limit', '06400001000000000002000100000000', 'AMOP_CODEC_FRAME_TOO_LARGE'],
])('%s is refused', (_name, hex, code) => {
  expect(codeOf(() => readP2pFrame(fromHex(hex)))).toBe(code);
});

test('a frame cannot be made of less than a header', () => {
  expect(codeOf(() => new P2pFrame(new Uint8Array(15)))).toBe('AMOP_CODEC_FRAME_TOO_SHORT');
});

describe('writing', () => {
  test('a header goes where it is told and nowhere else', () => {
    const target = new Uint8Array(20).fill(0xee);
    writeP2pHeader(target, 2, 18, -2, 3, 0xfffffffe);
    expect(toHex(target)).toBe('eeee000000120000fffffffe0003fffffffeeeee');
  });

  test('D-41: a payload that exceeds 100 MiB with its header is refused', () => {
    const payload = new Uint8Array(104_857_600 - 15); // never written, so it takes no memory
    expect(codeOf(() => encodeP2pFrame({ protocolId: 1, packetType: 0, seq: 2, payload }))).toBe(
      'AMOP_CODEC_FRAME_TOO_LARGE',
    );
  });

  const room = new Uint8Array(16);
  test.each<[string, () => unknown]>([
    ['protocolId above i32', () => writeP2pHeader(room, 0, 16, 2 ** 31, 0, 0)],
    ['packetType above u16', () => writeP2pHeader(room, 0, 16, 1, 0x1_0000, 0)],
    ['negative seq', () => writeP2pHeader(room, 0, 16, 1, 0, -1)],
    ['version above u16', () => writeP2pHeader(room, 0, 16, 1, 0, 0, 0x1_0000)],
    ['total below the header', () => writeP2pHeader(room, 0, 15, 1, 0, 0)],
    ['total above the limit', () => writeP2pHeader(room, 0, 104_857_601, 1, 0, 0)],
    ['no room', () => writeP2pHeader(room, 1, 16, 1, 0, 0)],
  ])('%s is refused', (_name, action) => {
    expect(codeOf(action)).toBe('AMOP_CODEC_INVALID_ARGUMENT');
    expect(room).toEqual(new Uint8Array(16));
  });
});
