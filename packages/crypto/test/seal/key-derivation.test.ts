import { expect, test } from 'vitest';
import { hkdfSha256, hmacSha256, isSameMac, sha256, taggedDigest } from '../../src/index.ts';
import { fromHex, toHex } from './bytes.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

test('HKDF-SHA256 gives the key of RFC 5869, appendix A.3', () => {
  const secret = new Uint8Array(22).fill(0x0b);
  expect(toHex(hkdfSha256(secret, new Uint8Array(0), '', 42))).toBe(
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  );
});

test('HKDF-SHA256 gives other keys for other salts and uses', () => {
  const secret = new Uint8Array(32);
  const keys = [
    hkdfSha256(secret, Uint8Array.of(1), 'a', 32),
    hkdfSha256(secret, Uint8Array.of(2), 'a', 32),
    hkdfSha256(secret, Uint8Array.of(1), 'b', 32),
  ];
  expect(new Set(keys.map(toHex)).size).toBe(3);
});

test('HMAC-SHA256 gives the MAC of RFC 4231, case 2, also from parts', () => {
  const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
  expect(toHex(hmacSha256(utf8('Jefe'), utf8('what do ya want for nothing?')))).toBe(expected);
  const parts = ['what do ', '', 'ya want for nothing?'].map(utf8);
  expect(toHex(hmacSha256(utf8('Jefe'), ...parts))).toBe(expected);
});

test('SHA-256 gives the digest of FIPS 180, also from parts', () => {
  const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(toHex(sha256(utf8('abc')))).toBe(expected);
  expect(toHex(sha256(utf8('a'), utf8('bc')))).toBe(expected);
});

test('a tagged digest is that of tag, zero and content', () => {
  expect(taggedDigest('tag', utf8('a'), utf8('b'))).toEqual(sha256(utf8('tag\0ab')));
  expect(taggedDigest('ta', utf8('gab'))).not.toEqual(taggedDigest('tag', utf8('ab')));
});

test('MACs are the same or not', () => {
  const mac = fromHex('00112233');
  expect(isSameMac(mac, mac.slice())).toBe(true);
  expect(isSameMac(mac, fromHex('00112234'))).toBe(false);
  expect(isSameMac(mac, fromHex('001122'))).toBe(false);
});
