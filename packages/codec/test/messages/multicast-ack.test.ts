import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMulticastAck, encodeMulticastAck } from '../../src/messages/multicast-ack.ts';
import { anyU32, FIXED } from '../arbitrary.ts';
import { codeOf } from '../codec-error.ts';
import { toHex } from '../vector-file.ts';

test('any count comes back', () => {
  fc.assert(
    fc.property(anyU32, (count) => {
      expect(decodeMulticastAck(encodeMulticastAck(count))).toBe(count);
    }),
    FIXED,
  );
});

test('is four bytes, most significant first', () => {
  expect(toHex(encodeMulticastAck(258))).toBe('00000102');
});

test('fewer than four bytes are none, more are left alone', () => {
  expect(decodeMulticastAck(Uint8Array.of(0, 0, 1))).toBeUndefined();
  expect(decodeMulticastAck(Uint8Array.of(0, 0, 1, 0, 9))).toBe(256);
});

test.each([-1, 1.5, 2 ** 32])('%d cannot be written', (count) => {
  expect(codeOf(() => encodeMulticastAck(count))).toBe('AMOP_CODEC_INVALID_ARGUMENT');
});
