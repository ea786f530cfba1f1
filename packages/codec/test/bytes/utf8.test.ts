import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareUtf8, decodeUtf8, decodeUtf8Range, encodeUtf8 } from '../../src/bytes/utf8.ts';
import { anyBytes, FIXED } from '../arbitrary.ts';
import { toHex } from '../vector-file.ts';

const wellFormed = fc.string({ unit: 'binary', maxLength: 60 });

test('any well-formed text comes back, at any place in a buffer', () => {
  fc.assert(
    fc.property(wellFormed, anyBytes(5), (text, around) => {
      const bytes = encodeUtf8(text);
      const buffer = Uint8Array.from([...around, ...bytes, ...around]);
      expect(decodeUtf8(bytes)).toBe(text);
      expect(decodeUtf8Range(buffer, around.length, around.length + bytes.length)).toBe(text);
    }),
    FIXED,
  );
});

test('any bytes are text that gives them back, or no text', () => {
  fc.assert(
    fc.property(anyBytes(12), (bytes) => {
      const text = decodeUtf8Range(bytes, 0, bytes.length);
      expect(text).toBe(decodeUtf8(bytes));
      if (text !== undefined) expect(encodeUtf8(text)).toEqual(bytes);
    }),
    { ...FIXED, numRuns: 3000 },
  );
});

test.each([0, 1, 7, 8, 9, 16, 23, 24, 25, 100])('ASCII of %d bytes', (length) => {
  const text = Array.from({ length }, (_, index) => String.fromCharCode(33 + (index % 90))).join(
    '',
  );
  expect(decodeUtf8Range(encodeUtf8(`<${text}>`), 1, length + 1)).toBe(text);
});

describe('no UTF-8', () => {
  test.each([
    ['a continuation alone', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['cut short', [0x61, 0xe8, 0xaf]],
  ])('%s', (_name, bytes) => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toBeUndefined();
    expect(decodeUtf8Range(Uint8Array.from(bytes), 0, bytes.length)).toBeUndefined();
  });
});

test('a byte order mark is part of the text', () => {
  expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
});

test('texts are ordered as their bytes', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}'),
    maxLength: 4,
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [hexA, hexB] = [toHex(encodeUtf8(a)), toHex(encodeUtf8(b))];
      const byBytes = hexA === hexB ? 0 : hexA < hexB ? -1 : 1;
      expect(Math.sign(compareUtf8(a, b))).toBe(byBytes);
    }),
    { ...FIXED, numRuns: 3000 },
  );
});
