import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ChannelFrame,
  copyChannelFrame,
  encodeChannelFrame,
  readChannelFrame,
  seqFromKey,
  setChannelResult,
  setChannelSeq,
  setChannelType,
  writeChannelHeader,
} from '../src/channel-frame.ts';
import { anyBytes, anyI32, anySeq, anyU16, FIXED } from './arbitrary.ts';
import { codecErrorOf, codeOf } from './codec-error.ts';
import {
  fromHex,
  loadVectors,
  numberField,
  textField,
  textOf,
  toHex,
  utf8,
} from './vector-file.ts';

const SEQ = utf8('0123456789abcdef0123456789abcdef');

describe('golden vectors', () => {
  test.each(loadVectors('channel-frames.json'))('$name decodes and encodes', (vector) => {
    const frame = readChannelFrame(fromHex(vector.hex));
    const type = numberField(vector, 'type');
    const result = numberField(vector, 'result');
    expect(frame.type).toBe(type);
    expect(frame.result).toBe(result);
    expect(textOf(frame.seq)).toBe(textField(vector, 'seq'));
    if (typeof vector.fields.data_utf8 === 'string') {
      expect(textOf(frame.data)).toBe(vector.fields.data_utf8);
    }
    const encoded = encodeChannelFrame({
      type,
      result,
      seq: utf8(textField(vector, 'seq')),
      data: frame.data,
    });
    expect(toHex(encoded)).toBe(vector.hex);
  });

  test.each(loadVectors('sdk-startup.json'))('$name: request and reply', (vector) => {
    const seq = utf8(textField(vector, 'seq'));
    const data = utf8(textField(vector, 'request_utf8'));
    const type = numberField(vector, 'type');
    expect(toHex(encodeChannelFrame({ type, seq, data }))).toBe(vector.hex);
    expect(textOf(readChannelFrame(fromHex(vector.hex)).data)).toBe(vector.fields.request_utf8);
    if (typeof vector.fields.reply_hex !== 'string') return;
    const reply = encodeChannelFrame({
      type: numberField(vector, 'reply_type'),
      seq,
      data: utf8(textField(vector, 'reply_utf8')),
    });
    expect(toHex(reply)).toBe(vector.fields.reply_hex);
  });
});

describe('reading', () => {
  test('data and seq are views on the memory given', () => {
    const bytes = encodeChannelFrame({ type: 0x30, seq: SEQ, data: utf8('x') });
    const frame = readChannelFrame(bytes);
    bytes[6] = 0x7a;
    bytes[42] = 0x79;
    expect(textOf(frame.seq)).toBe('z123456789abcdef0123456789abcdef');
    expect(textOf(frame.data)).toBe('y');
  });

  test('bytes after the frame are left alone', () => {
    const one = encodeChannelFrame({ type: 0x35, seq: SEQ, data: utf8('one') });
    const frame = readChannelFrame(Uint8Array.from([...one, 1, 2, 3]));
    expect(toHex(frame.bytes)).toBe(toHex(one));
  });

  test.each([
    ['no byte', '', 'AMOP_CODEC_TRUNCATED'],
    ['three bytes', '000000', 'AMOP_CODEC_TRUNCATED'],
    ['length 0', '00000000', 'AMOP_CODEC_FRAME_TOO_SHORT'],
    ['length 41', `00000029${'00'.repeat(38)}`, 'AMOP_CODEC_FRAME_TOO_SHORT'],
    ['less than the header', `0000002a${'00'.repeat(37)}`, 'AMOP_CODEC_TRUNCATED'],
    ['one byte less than declared', `0000002b${'00'.repeat(38)}`, 'AMOP_CODEC_TRUNCATED'],
    ['one byte above the limit', `06400001${'00'.repeat(38)}`, 'AMOP_CODEC_FRAME_TOO_LARGE'],
  ])('%s is refused', (_name, hex, code) => {
    expect(codeOf(() => readChannelFrame(fromHex(hex)))).toBe(code);
  });

  test('D-01: inner frames of p2p payloads that stop the original are refused by name', () => {
    const inner = (name: string): Uint8Array => {
      const vector = loadVectors('malformed.json').find((candidate) => candidate.name === name);
      return fromHex(vector?.hex ?? '').subarray(16);
    };
    expect(codeOf(() => readChannelFrame(inner('p2p-amop-inner-length-41')))).toBe(
      'AMOP_CODEC_FRAME_TOO_SHORT',
    );
    expect(codeOf(() => readChannelFrame(inner('p2p-amop-inner-truncated')))).toBe(
      'AMOP_CODEC_TRUNCATED',
    );
    expect(textOf(readChannelFrame(inner('p2p-amop-inner-trailing-bytes')).data)).toBe('\u0002a1');
  });

  test('a frame cannot be made of less than a header', () => {
    const error = codecErrorOf(() => new ChannelFrame(new Uint8Array(41)));
    expect(error.code).toBe('AMOP_CODEC_FRAME_TOO_SHORT');
    expect(error.details).toEqual({ layer: 'channel', minBytes: 42, actualBytes: 41 });
  });
});

describe('seqKey', () => {
  test('is one character per byte, cached, and gives the bytes back', () => {
    const seq = Uint8Array.from({ length: 32 }, (_, index) => index * 8 + 7);
    const frame = readChannelFrame(encodeChannelFrame({ type: 1, seq }));
    expect(frame.seqKey).toHaveLength(32);
    expect(Array.from(frame.seqKey, (unit) => unit.charCodeAt(0))).toEqual([...seq]);
    expect(frame.seqKey).toBe(frame.seqKey);
    expect(seqFromKey(frame.seqKey)).toEqual(seq);
  });

  test('of two different sequences differs', () => {
    fc.assert(
      fc.property(anySeq, anySeq, (a, b) => {
        const keyOf = (seq: Uint8Array): string =>
          readChannelFrame(encodeChannelFrame({ type: 1, seq })).seqKey;
        expect(keyOf(a) === keyOf(b)).toBe(toHex(a) === toHex(b));
      }),
      FIXED,
    );
  });

  test.each(['', 'short', 'x'.repeat(33), '\u0100'.repeat(32)])('%j is no key', (key) => {
    expect(codeOf(() => seqFromKey(key))).toBe('AMOP_CODEC_INVALID_ARGUMENT');
  });
});

describe('writing', () => {
  test('any fields come back', () => {
    fc.assert(
      fc.property(anyU16, anySeq, anyI32, anyBytes(200), (type, seq, result, data) => {
        const frame = readChannelFrame(encodeChannelFrame({ type, seq, result, data }));
        expect([frame.type, frame.result]).toEqual([type, result]);
        expect(frame.seq).toEqual(seq);
        expect(frame.data).toEqual(data);
      }),
      FIXED,
    );
  });

  test('a header goes where it is told and nowhere else', () => {
    const target = new Uint8Array(46).fill(0xee);
    writeChannelHeader(target, 2, 44, 0x31, SEQ, -1);
    expect(toHex(target)).toBe(`eeee0000002c0031${toHex(SEQ)}ffffffffeeee`);
  });

  test('a copy can be changed without touching the frame', () => {
    const frame = readChannelFrame(encodeChannelFrame({ type: 0x30, seq: SEQ, data: utf8('b') }));
    const target = new Uint8Array(50);
    copyChannelFrame(frame, target, 5);
    setChannelType(target, 5, 0x31);
    setChannelResult(target, 5, 104);
    setChannelSeq(target, 5, new Uint8Array(32).fill(0x61));
    const copy = readChannelFrame(target.subarray(5));
    expect([copy.type, copy.result, textOf(copy.data)]).toEqual([0x31, 104, 'b']);
    expect(copy.seqKey).toBe('a'.repeat(32));
    expect([frame.type, frame.result, textOf(frame.seq)]).toEqual([0x30, 0, textOf(SEQ)]);
  });

  test('a body that exceeds 100 MiB with its header is refused before memory is taken', () => {
    // Only the length is looked at: an array buffer of this size that is never written costs nothing.
    const data = new Uint8Array(104_857_600 - 41);
    expect(codeOf(() => encodeChannelFrame({ type: 0x30, seq: SEQ, data }))).toBe(
      'AMOP_CODEC_FRAME_TOO_LARGE',
    );
  });

  const room = new Uint8Array(42);
  test.each<[string, () => unknown]>([
    ['type above u16', () => encodeChannelFrame({ type: 0x1_0000, seq: SEQ })],
    ['negative type', () => encodeChannelFrame({ type: -1, seq: SEQ })],
    ['fractional type', () => encodeChannelFrame({ type: 0.5, seq: SEQ })],
    ['seq of 31 bytes', () => encodeChannelFrame({ type: 1, seq: SEQ.subarray(1) })],
    ['result above i32', () => encodeChannelFrame({ type: 1, seq: SEQ, result: 2 ** 31 })],
    [
      'result that is no number',
      () => encodeChannelFrame({ type: 1, seq: SEQ, result: Number.NaN }),
    ],
    ['total below the header', () => writeChannelHeader(room, 0, 41, 1, SEQ, 0)],
    ['total above the limit', () => writeChannelHeader(room, 0, 104_857_601, 1, SEQ, 0)],
    ['no room', () => writeChannelHeader(room, 1, 42, 1, SEQ, 0)],
    ['negative offset', () => setChannelType(room, -1, 1)],
    ['no room for a copy', () => copyChannelFrame(new ChannelFrame(new Uint8Array(43)), room, 0)],
    ['seq of 33 bytes', () => setChannelSeq(room, 0, new Uint8Array(33))],
    ['fractional result', () => setChannelResult(room, 0, 1.5)],
  ])('%s is refused', (_name, action) => {
    expect(codeOf(action)).toBe('AMOP_CODEC_INVALID_ARGUMENT');
    expect(room).toEqual(new Uint8Array(42));
  });
});
