import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Hash64, keyedHash } from '../../src/bytes/keyed-hash.ts';
import { anyBytes, anyU32, FIXED } from '../arbitrary.ts';

const KEY: Hash64 = { low: 0x03020100, high: 0x07060504 };
const INPUT = Uint8Array.from({ length: 64 }, (_, index) => index);

/** Both words, least significant byte first, as the reference code prints them. */
function hexOf({ low, high }: Hash64): string {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint32(0, low, true);
  bytes.setUint32(4, high, true);
  return bytes.getBigUint64(0).toString(16).padStart(16, '0');
}

// vectors_hsip64 of vectors.h in the reference code of SipHash: key 00..07, input 00, 01, 02...
test.each([
  [0, '218d1f59b9b83cc8'],
  [1, 'be552412f8387315'],
  [2, '064f39ef7c50eb57'],
  [3, 'ce0f1a45f7060679'],
])('published vector of %d bytes', (length, expected) => {
  expect(hexOf(keyedHash(INPUT, 0, length, KEY))).toBe(expected);
});

test('a range hashes as the same bytes alone', () => {
  expect(keyedHash(INPUT, 5, 42, KEY)).toEqual(keyedHash(INPUT.slice(5, 42), 0, 37, KEY));
});

test('one changed bit changes the hash, whatever the key', () => {
  fc.assert(
    fc.property(anyBytes(40), fc.nat(), anyU32, anyU32, (bytes, bit, low, high) => {
      fc.pre(bytes.length > 0);
      const changed = bytes.slice();
      const place = bit % (bytes.length * 8);
      changed[place >> 3] = (changed[place >> 3] ?? 0) ^ (1 << (place & 7));
      const hash = (input: Uint8Array): Hash64 => keyedHash(input, 0, input.length, { low, high });
      expect(hash(changed)).not.toEqual(hash(bytes));
    }),
    FIXED,
  );
});

test('the key counts', () => {
  expect(keyedHash(INPUT, 0, 64, { low: 1, high: 0 })).not.toEqual(
    keyedHash(INPUT, 0, 64, { low: 0, high: 1 }),
  );
});
