import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundKind } from '../../../src/messages/bound/bound-frame.ts';
import { encodeEpochKey, parseEpochKey } from '../../../src/messages/bound/epoch-key.ts';
import {
  parseEpochMessage,
  parseSealedMessage,
  SEALED_HEAD_BYTES,
  SEALED_OVERHEAD_BYTES,
  sealedKeyId,
  writeSealedCounter,
  writeSealedHead,
} from '../../../src/messages/bound/sealed-message.ts';
import { anyBytes, FIXED } from '../../arbitrary.ts';
import { codeOf } from '../../codec-error.ts';
import { fromHex, toHex } from '../../vector-file.ts';

const KEY_ID = fromHex('0102030405060708');
const HEAD = 'a5505401040102030405060708';
const COUNTER = '0000000100000002';
const SEALED = 'ee'.repeat(17);

test('a head is mark, kind, key ID and counter', () => {
  const target = new Uint8Array(SEALED_HEAD_BYTES);
  writeSealedHead(target, BoundKind.sealed, KEY_ID);
  expect(toHex(target)).toBe(`${HEAD}0000000000000000`);
  writeSealedCounter(target, 0x1_0000_0002);
  expect(toHex(target)).toBe(`${HEAD}${COUNTER}`);
  writeSealedHead(target, BoundKind.epoch, KEY_ID);
  expect(toHex(target)).toBe(`a5505401050102030405060708${'00'.repeat(8)}`);
});

test('a key ID of another length cannot be written', () => {
  const target = new Uint8Array(SEALED_HEAD_BYTES);
  expect(codeOf(() => writeSealedHead(target, BoundKind.sealed, KEY_ID.subarray(1)))).toBe(
    'AMOP_CODEC_INVALID_ARGUMENT',
  );
});

test('a sealed message is taken apart into views', () => {
  const content = fromHex(`${HEAD}${COUNTER}${SEALED}`);
  expect(content).toHaveLength(SEALED_OVERHEAD_BYTES);
  const message = parseSealedMessage(content);
  expect(message).toEqual({ keyId: KEY_ID, counter: 0x1_0000_0002, sealed: fromHex(SEALED) });
  expect(message?.sealed.buffer).toBe(content.buffer);
  expect(sealedKeyId(content)).toBe('0102030405060708');
  expect(parseEpochMessage(content)).toBeUndefined();
});

test('an epoch message may be empty: its tag is enough', () => {
  const content = fromHex(`a5505401050102030405060708${COUNTER}${'ee'.repeat(16)}`);
  expect(parseEpochMessage(content)?.sealed).toHaveLength(16);
  expect(sealedKeyId(content)).toBe('0102030405060708');
  expect(parseSealedMessage(content)).toBeUndefined();
  expect(parseEpochMessage(content.subarray(0, -1))).toBeUndefined();
});

test.each([
  ['a text without its first byte', `${HEAD}${COUNTER}${'ee'.repeat(16)}`],
  ['a counter above 2^53 - 1', `${HEAD}0020000000000000${SEALED}`],
  ['a head alone', HEAD],
  ['no bytes', ''],
])('%s is no sealed message', (_, hex) => {
  expect(parseSealedMessage(fromHex(hex))).toBeUndefined();
});

test('there is no key ID in what is not sealed, or cut', () => {
  expect(sealedKeyId(fromHex(`a550540101${SEALED}`))).toBeUndefined();
  expect(sealedKeyId(fromHex(`${HEAD}00000001`))).toBeUndefined();
});

test('any bytes are taken apart or not, nothing of them is lost', () => {
  fc.assert(
    fc.property(anyBytes(80), fc.constantFrom(BoundKind.sealed, BoundKind.epoch), (any, kind) => {
      const content = Uint8Array.of(0xa5, 0x50, 0x54, 1, kind, ...any);
      const message = parseSealedMessage(content) ?? parseEpochMessage(content);
      if (message === undefined) return;
      const again = new Uint8Array(content.length);
      writeSealedHead(again, kind, message.keyId);
      writeSealedCounter(again, message.counter);
      again.set(message.sealed, SEALED_HEAD_BYTES);
      expect(again).toEqual(content);
    }),
    FIXED,
  );
});

test('the key of an epoch is ID, key and end', () => {
  const epoch = { id: KEY_ID, key: new Uint8Array(32).fill(9), expiresMs: 0x0102_0304_0506 };
  const body = encodeEpochKey(epoch);
  expect(toHex(body)).toBe(`0102030405060708${'09'.repeat(32)}0000010203040506`);
  expect(parseEpochKey(body)).toEqual(epoch);
});

test.each([
  ['no bytes', ''],
  ['a byte less', '00'.repeat(47)],
  ['a byte more', '00'.repeat(49)],
  ['an end above 2^53 - 1', `${'00'.repeat(40)}${'ff'.repeat(8)}`],
])('%s tells no epoch', (_, hex) => {
  expect(parseEpochKey(fromHex(hex))).toBeUndefined();
});

test.each([
  { id: KEY_ID.subarray(1), key: new Uint8Array(32), expiresMs: 0 },
  { id: KEY_ID, key: new Uint8Array(16), expiresMs: 0 },
  { id: KEY_ID, key: new Uint8Array(32), expiresMs: 2 ** 53 },
])('no epoch is written with wrong sizes', (epoch) => {
  expect(codeOf(() => encodeEpochKey(epoch))).toBe('AMOP_CODEC_INVALID_ARGUMENT');
});
