import { expect, test } from 'vitest';
import { hexOf, isHex, writeHex } from '../../src/bytes/hex.ts';

test('digits are lower-case, two for each byte', () => {
  expect(hexOf(Uint8Array.of(0, 0x0f, 0xab))).toBe('000fab');
});

test('bytes are written where they belong', () => {
  const target = new Uint8Array(4);
  writeHex(target, 1, '0fab');
  expect(target).toEqual(Uint8Array.of(0, 0x0f, 0xab, 0));
});

test.each([
  ['0fab', 2, true],
  ['', 0, true],
  ['0fab', 3, false],
  ['0FAB', 2, false],
  ['0fag', 2, false],
])('%s as %d bytes: %s', (text, bytes, verdict) => {
  expect(isHex(text, bytes)).toBe(verdict);
});
