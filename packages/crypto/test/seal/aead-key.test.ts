import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AEAD_TAG_BYTES, AeadKey } from '../../src/index.ts';
import { expectCode } from '../expect-code.ts';
import { flip, fromHex, toHex } from './bytes.ts';

const KEY = new Uint8Array(32).map((_, at) => at);
const NOTHING = new Uint8Array(0);

function seal(key: AeadKey, counter: number, associated: Uint8Array, body: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(body.length + AEAD_TAG_BYTES);
  expect(key.seal(sealed, 0, body, counter, associated)).toBe(true);
  return sealed;
}

test('gives the text of the GCM specification, test case 14', () => {
  const sealed = seal(new AeadKey(new Uint8Array(32)), 0, NOTHING, new Uint8Array(16));
  expect(toHex(sealed)).toBe('cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919');
});

test.each([0, 1, 4096, 4097, 65_536, 65_537, 200_000])('%d bytes behind a head', (size) => {
  const key = new AeadKey(KEY);
  const body = new Uint8Array(size).map((_, at) => at % 251);
  const target = new Uint8Array(3 + 2 + size + AEAD_TAG_BYTES);
  target.set([1, 2, 3, 4, 5]);
  key.seal(target, 3, body, 7, NOTHING);
  expect(target.subarray(0, 3)).toEqual(Uint8Array.of(1, 2, 3));
  const opened = key.open(target.subarray(3), 7, NOTHING);
  expect(opened?.subarray(0, 2)).toEqual(Uint8Array.of(4, 5));
  expect(opened && Buffer.compare(opened.subarray(2), body)).toBe(0);
});

test('any text comes back, and only under its own counter, associated data and key', () => {
  const key = new AeadKey(KEY);
  const other = new AeadKey(new Uint8Array(32));
  const texts = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(texts, texts, fc.maxSafeNat(), (body, associated, counter) => {
      const sealed = seal(key, counter, associated, body);
      expect(key.open(sealed, counter, associated)).toEqual(body);
      expect(key.open(sealed, counter === 0 ? 1 : counter - 1, associated)).toBeUndefined();
      expect(key.open(sealed, counter, Uint8Array.of(...associated, 0))).toBeUndefined();
      expect(other.open(sealed, counter, associated)).toBeUndefined();
    }),
    { seed: 20261126, numRuns: 100 },
  );
});

test.each([0, 5, 65_536, 200_000])('%d bytes are opened where they lie', (size) => {
  const key = new AeadKey(KEY);
  const body = new Uint8Array(size).map((_, at) => at % 251);
  const sealed = seal(key, 1, NOTHING, body);
  const broken = sealed.slice();
  broken[broken.length - 1] = ~(broken.at(-1) ?? 0);
  const opened = key.open(sealed, 1, NOTHING, sealed);
  expect(opened?.buffer).toBe(sealed.buffer);
  expect(opened && Buffer.compare(opened, body)).toBe(0);
  expect(key.open(broken, 1, NOTHING, broken)).toBeUndefined();
  expect(broken.subarray(0, size).every((byte) => byte === 0)).toBe(true);
});

test('counters of more than 32 bits are told apart', () => {
  const key = new AeadKey(KEY);
  const sealed = seal(key, 5, NOTHING, KEY);
  expect(key.open(sealed, 0x1_0000_0005, NOTHING)).toBeUndefined();
  const high = seal(key, 0x1_0000_0005, NOTHING, KEY);
  expect(key.open(high, 0x1_0000_0005, NOTHING)).toEqual(KEY);
});

test('no byte of a sealed text can be changed, nor can it be cut', () => {
  const key = new AeadKey(KEY);
  const sealed = seal(key, 1, NOTHING, fromHex('00112233445566778899'));
  for (let at = 0; at < sealed.length; at++) {
    expect(key.open(flip(sealed, at), 1, NOTHING)).toBeUndefined();
    expect(key.open(sealed.subarray(0, at), 1, NOTHING)).toBeUndefined();
  }
});

test('after close nothing is sealed or opened, and the key given stays as it was', () => {
  const given = KEY.slice();
  const key = new AeadKey(given);
  const sealed = seal(key, 1, NOTHING, KEY);
  key.close();
  expect(key.seal(new Uint8Array(16), 0, NOTHING, 2, NOTHING)).toBe(false);
  expect(key.open(sealed, 1, NOTHING)).toBeUndefined();
  expect(given).toEqual(KEY);
});

test('a key of another length is refused', () => {
  const details = expectCode('AMOP_CRYPTO_INVALID_OPTION', () => new AeadKey(KEY.subarray(1)));
  expect(details).toMatchObject({ option: 'key', found: '31 bytes' });
});
