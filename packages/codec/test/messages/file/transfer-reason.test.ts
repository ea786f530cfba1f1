import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isTransferReason,
  readReason,
  writeReason,
} from '../../../src/messages/file/transfer-reason.ts';
import { anyBytes, anyReason, FIXED } from '../../arbitrary.ts';
import { utf8 } from '../../vector-file.ts';

test('any reason comes back', () => {
  fc.assert(
    fc.property(anyReason, (reason) => {
      expect(isTransferReason(reason)).toBe(true);
      const bytes = new Uint8Array(reason.length);
      writeReason(bytes, reason);
      expect(readReason(bytes)).toBe(reason);
    }),
    FIXED,
  );
});

test.each([
  ['nothing', ''],
  ['a word', 'disk-full'],
  ['digits', '404'],
  ['64 characters', 'x'.repeat(64)],
])('%s is one', (_, text) => {
  expect(isTransferReason(text)).toBe(true);
  expect(readReason(utf8(text))).toBe(text);
});

test.each([
  ['65 characters', 'x'.repeat(65)],
  ['a capital', 'Busy'],
  ['a space', 'disk full'],
  ['an underscore', 'disk_full'],
  ['a line end after it', 'busy\n'],
  ['a line end before it', '\nbusy'],
  ['a zero', 'busy\0'],
  ['no ASCII', 'volé'],
  ['a letter that folds to ASCII', '\u212a'],
])('%s is none', (_, text) => {
  expect(isTransferReason(text)).toBe(false);
  expect(readReason(utf8(text))).toBeUndefined();
});

test('a megabyte is none', () => {
  expect(readReason(new Uint8Array(1_048_576).fill(0x61))).toBeUndefined();
});

test('any bytes are a reason that gives them back, or none', () => {
  fc.assert(
    fc.property(anyBytes(4), (bytes) => {
      const reason = readReason(bytes);
      if (reason !== undefined) expect(utf8(reason)).toEqual(bytes);
    }),
    FIXED,
  );
});
