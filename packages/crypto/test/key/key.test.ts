import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  generateKeyPair,
  type KeyCurve,
  PRIVATE_KEY_BYTES,
  PrivateKey,
  PUBLIC_POINT_BYTES,
  PublicKey,
} from '../../src/index.ts';
import { expectCode } from '../expect-code.ts';

const ORDERS: Record<KeyCurve, string> = {
  secp256k1: 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141',
  p256: 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
};

describe.each(['secp256k1', 'p256'] as const)('%s', (curve) => {
  test('a fresh pair belongs together and differs from the next', () => {
    const first = generateKeyPair(curve);
    const second = generateKeyPair(curve);
    expect(first.privateKey.curve).toBe(curve);
    expect(first.privateKey.toBytes()).toHaveLength(PRIVATE_KEY_BYTES);
    expect(first.publicKey.toBytes()).toHaveLength(PUBLIC_POINT_BYTES);
    expect(first.privateKey.publicKey().equals(first.publicKey)).toBe(true);
    expect(first.publicKey.equals(second.publicKey)).toBe(false);
  });

  test('zero, the group order and other lengths are no private keys', () => {
    for (const secret of [
      new Uint8Array(32),
      Uint8Array.from(Buffer.from(ORDERS[curve], 'hex')),
      new Uint8Array(31).fill(1),
      new Uint8Array(33).fill(1),
    ]) {
      expectCode('AMOP_CRYPTO_INVALID_PRIVATE_KEY', () => new PrivateKey(curve, secret));
    }
  });

  test('a point off the curve and other lengths are no public keys', () => {
    const point = generateKeyPair(curve).publicKey.toBytes();
    point[63] = (point[63] ?? 0) ^ 1;
    expectCode('AMOP_CRYPTO_INVALID_PUBLIC_KEY', () => new PublicKey(curve, point));
    expectCode('AMOP_CRYPTO_INVALID_PUBLIC_KEY', () => new PublicKey(curve, new Uint8Array(64)));
    expectCode('AMOP_CRYPTO_INVALID_PUBLIC_KEY', () => new PublicKey(curve, new Uint8Array(65)));
  });
});

test('a point belongs to one curve', () => {
  const point = generateKeyPair('p256').publicKey.toBytes();
  expectCode('AMOP_CRYPTO_INVALID_PUBLIC_KEY', () => new PublicKey('secp256k1', point));
});

test('bytes go in and out as copies', () => {
  const secret = new Uint8Array(32).fill(7);
  const key = new PrivateKey('secp256k1', secret);
  secret.fill(0);
  key.toBytes().fill(0);
  expect(key.toBytes()).toEqual(new Uint8Array(32).fill(7));
  const publicKey = key.publicKey();
  publicKey.toBytes().fill(0);
  expect(publicKey.equals(key.publicKey())).toBe(true);
});

test('neither printing nor JSON shows the secret', () => {
  const key = new PrivateKey('secp256k1', new Uint8Array(32).fill(0xab));
  expect(JSON.stringify(key)).toBe('{"curve":"secp256k1"}');
  expect(inspect(key, { showHidden: true, depth: 9 })).not.toMatch(/ab|171/);
});

test('keys on two curves are never equal', () => {
  const secp = generateKeyPair('secp256k1').publicKey;
  expect(secp.equals(generateKeyPair('p256').publicKey)).toBe(false);
});
