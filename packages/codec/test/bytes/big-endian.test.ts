import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  i32be,
  isI32,
  isSafeU64,
  isU16,
  isU32,
  u16be,
  u32be,
  u64be,
  viewOf,
  writeU16be,
  writeU32be,
  writeU64be,
} from '../../src/bytes/big-endian.ts';
import { anyI32, anyU16, anyU32, FIXED } from '../arbitrary.ts';

test('integers are read and written as DataView does', () => {
  fc.assert(
    fc.property(anyU16, anyU32, anyI32, (short, unsigned, signed) => {
      const bytes = new Uint8Array(12);
      writeU16be(bytes, 1, short);
      writeU32be(bytes, 3, unsigned);
      writeU32be(bytes, 7, signed);
      const view = new DataView(bytes.buffer);
      expect([view.getUint16(1), view.getUint32(3), view.getInt32(7)]).toEqual([
        short,
        unsigned,
        signed,
      ]);
      expect([u16be(bytes, 1), u32be(bytes, 3), i32be(bytes, 7)]).toEqual([
        short,
        unsigned,
        signed,
      ]);
      expect([bytes[0], bytes[11]]).toEqual([0, 0]);
    }),
    FIXED,
  );
});

test.each([
  [isU16, 0xffff, 0x1_0000],
  [isU32, 0xffff_ffff, 0x1_0000_0000],
  [isI32, 0x7fff_ffff, 0x8000_0000],
])('range of %O', (isInRange, last, beyond) => {
  expect([0, last].map(isInRange)).toEqual([true, true]);
  expect([beyond, 1.5, Number.NaN, Number.POSITIVE_INFINITY].map(isInRange)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test('only the signed range goes below zero', () => {
  expect([isU16(-1), isU32(-1), isI32(-1), isI32(-0x8000_0000), isI32(-0x8000_0001)]).toEqual([
    false,
    false,
    true,
    true,
    false,
  ]);
});

test('a view of a Buffer is a plain Uint8Array on the same memory', () => {
  const buffer = Buffer.from([0, 1, 2, 3]);
  const view = viewOf(buffer, 1, 3);
  buffer[1] = 9;
  expect(view).toEqual(Uint8Array.of(9, 2));
  expect(view.constructor).toBe(Uint8Array);
});

test('a u64 is read and written as DataView does, as far as a number goes', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const bytes = new Uint8Array(10);
      writeU64be(bytes, 1, value);
      expect(new DataView(bytes.buffer).getBigUint64(1)).toBe(BigInt(value));
      expect(u64be(bytes, 1)).toBe(value);
    }),
    FIXED,
  );
  const above = new Uint8Array(8);
  above[1] = 0x20;
  expect(u64be(above, 0)).toBeUndefined();
});

test.each([
  [0, true],
  [Number.MAX_SAFE_INTEGER, true],
  [2 ** 53, false],
  [-1, false],
  [0.5, false],
])('%d is a safe u64: %s', (value, verdict) => {
  expect(isSafeU64(value)).toBe(verdict);
});
