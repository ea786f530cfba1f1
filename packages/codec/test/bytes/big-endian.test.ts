import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  i32be,
  isI32,
  isU16,
  isU32,
  u16be,
  u32be,
  viewOf,
  writeU16be,
  writeU32be,
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
