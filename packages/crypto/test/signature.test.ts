import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  generateKeyPair,
  keccak256,
  PrivateKey,
  parsePrivateKey,
  parsePublicKey,
  recover,
  SIGNATURE_BYTES,
  sign,
  signDigest,
  verify,
  verifyDigest,
} from '../src/index.ts';
import { expectCode } from './expect-code.ts';
import { bytes, type Vector, vectors } from './signature-vectors.ts';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const POSITIVE = vectors('signature-');
const NEGATIVE = vectors('NEG-');

function publicKeyOf({ fields }: Vector) {
  return parsePublicKey(fields.public_key_64_hex ?? '');
}

function numberAt(signature: Uint8Array, offset: number): bigint {
  return BigInt(`0x${Buffer.from(signature.subarray(offset, offset + 32)).toString('hex')}`);
}

test('the published vectors are all there', () => {
  expect(POSITIVE).toHaveLength(5);
  expect(NEGATIVE).toHaveLength(5);
});

describe.each(POSITIVE)('$name', (vector) => {
  const content = bytes(vector.fields.random_hex);
  const privateKey = parsePrivateKey(vector.fields.private_key_hex ?? '');

  test('signing gives exactly the published bytes', () => {
    expect(sign(content, privateKey)).toEqual(bytes(vector.hex));
    expect(signDigest(bytes(vector.fields.keccak256_hex), privateKey)).toEqual(bytes(vector.hex));
  });

  test('the public key is recovered from it', () => {
    expect(recover(bytes(vector.hex), content)?.equals(publicKeyOf(vector))).toBe(true);
  });

  test('it passes under all rules', () => {
    expect(verify(bytes(vector.hex), content, publicKeyOf(vector))).toBe(true);
    expect(verify(bytes(vector.hex), content, publicKeyOf(vector), 'java')).toBe(true);
    expect(verify(bytes(vector.hex), content, publicKeyOf(vector), 'go')).toBe(true);
    const digest = bytes(vector.fields.keccak256_hex);
    expect(verifyDigest(bytes(vector.hex), digest, publicKeyOf(vector))).toBe(true);
  });
});

describe.each(NEGATIVE)('$name', (vector) => {
  const content = bytes(vector.fields.random_hex);
  // NEG-wrong-key names the key that signed apart from the one it is checked against.
  const publicKey = publicKeyOf(vector);

  test('the verdicts are those of the originals', () => {
    const signature = bytes(vector.hex);
    expect(verify(signature, content, publicKey, 'java')).toBe(vector.fields.verify_java_style);
    expect(verify(signature, content, publicKey, 'go')).toBe(vector.fields.verify_go_style);
  });

  test('strict refuses it', () => {
    expect(verify(bytes(vector.hex), content, publicKey)).toBe(false);
    expect(verify(bytes(vector.hex), content, publicKey, 'strict')).toBe(false);
  });
});

test('any content and any key: 65 bytes, low s, v 0 or 1, verified and recovered', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      // Neither zero nor above the group order.
      fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((seed) => (seed[0] ?? 0) % 255 > 0),
      (content, seed) => {
        const key = new PrivateKey('secp256k1', seed);
        const signature = sign(content, key);
        expect(signature).toHaveLength(SIGNATURE_BYTES);
        expect(numberAt(signature, 32) <= ORDER / 2n).toBe(true);
        expect([0, 1]).toContain(signature[64]);
        expect(verify(signature, content, key.publicKey())).toBe(true);
        expect(recover(signature, content)?.equals(key.publicKey())).toBe(true);
      },
    ),
    { seed: 20261123, numRuns: 25 },
  );
});

test('any bytes as signature give a verdict, never an exception', () => {
  const { publicKey } = generateKeyPair('secp256k1');
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 60, maxLength: 70 }), (signature) => {
      for (const rules of ['strict', 'java', 'go'] as const) {
        expect(verify(signature, new Uint8Array(4), publicKey, rules)).toBe(false);
      }
      recover(signature, new Uint8Array(4));
    }),
    { seed: 20261123, numRuns: 40 },
  );
});

test.each([
  ['every byte ff', new Uint8Array(65).fill(0xff)],
  ['r and s zero', new Uint8Array(65)],
  ['v of 4', Uint8Array.of(...bytes(POSITIVE[0]?.hex).subarray(0, 64), 4)],
  ['v of 27', Uint8Array.of(...bytes(POSITIVE[0]?.hex).subarray(0, 64), 27)],
  ['no bytes', new Uint8Array()],
  ['66 bytes', new Uint8Array(66).fill(1)],
])('%s: nothing is recovered', (_, signature) => {
  expect(recover(signature, bytes(POSITIVE[0]?.fields.random_hex))).toBeUndefined();
});

test('one changed bit of content, signature or v is noticed', () => {
  const { privateKey, publicKey } = generateKeyPair('secp256k1');
  const content = new TextEncoder().encode('fedcba9876543210fedcba9876543210');
  const signature = sign(content, privateKey);
  const flip = (source: Uint8Array, index: number): Uint8Array =>
    source.map((byte, at) => (at === index ? byte ^ 1 : byte));
  expect(verify(signature, flip(content, 3), publicKey)).toBe(false);
  expect(verify(flip(signature, 0), content, publicKey)).toBe(false);
  expect(verify(flip(signature, 63), content, publicKey)).toBe(false);
  expect(verify(flip(signature, 64), content, publicKey)).toBe(false);
  expect(verify(flip(signature, 64), content, publicKey, 'go')).toBe(true);
});

test('a key on another curve neither signs nor verifies', () => {
  const other = generateKeyPair('p256');
  const content = new Uint8Array([1]);
  const details = expectCode('AMOP_CRYPTO_UNSUPPORTED_KEY', () => sign(content, other.privateKey));
  expect(details).toEqual({ found: 'p256', allowed: 'secp256k1' });
  const signature = sign(content, generateKeyPair('secp256k1').privateKey);
  expect(verify(signature, content, other.publicKey, 'go')).toBe(false);
});

test('a digest of another length is refused', () => {
  const { privateKey } = generateKeyPair('secp256k1');
  const digest = keccak256(new Uint8Array()).subarray(1);
  const details = expectCode('AMOP_CRYPTO_INVALID_OPTION', () => signDigest(digest, privateKey));
  expect(details).toMatchObject({ option: 'digest', found: '31 bytes' });
});

test('a signature over one digest is none over another, or over a digest that is cut', () => {
  const { privateKey, publicKey } = generateKeyPair('secp256k1');
  const digest = keccak256(Uint8Array.of(1));
  const signature = signDigest(digest, privateKey);
  expect(verifyDigest(signature, digest, publicKey)).toBe(true);
  expect(verifyDigest(signature, keccak256(Uint8Array.of(2)), publicKey)).toBe(false);
  expect(verifyDigest(signature, digest.subarray(1), publicKey)).toBe(false);
  expect(verifyDigest(signature.subarray(1), digest, publicKey)).toBe(false);
  expect(verifyDigest(signature, digest, generateKeyPair('p256').publicKey)).toBe(false);
});
