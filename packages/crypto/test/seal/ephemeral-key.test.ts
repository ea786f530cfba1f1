import { expect, test } from 'vitest';
import { EphemeralKey } from '../../src/index.ts';
import { expectCode } from '../expect-code.ts';
import { fromHex, toHex } from './bytes.ts';

// The example of RFC 7748, section 6.1.
const ALICE = '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a';
const ALICE_PUBLIC = '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a';
const BOB = '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb';
const BOB_PUBLIC = 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f';
const SHARED = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';

test('keys and what is shared are those of RFC 7748', () => {
  const alice = new EphemeralKey(fromHex(ALICE));
  const bob = new EphemeralKey(fromHex(BOB));
  expect(toHex(alice.publicKey)).toBe(ALICE_PUBLIC);
  expect(toHex(bob.publicKey)).toBe(BOB_PUBLIC);
  expect(toHex(alice.agree(bob.publicKey))).toBe(SHARED);
  expect(toHex(bob.agree(alice.publicKey))).toBe(SHARED);
});

test('the secret is overwritten where it was given', () => {
  const secret = fromHex(ALICE);
  new EphemeralKey(secret);
  expect(secret).toEqual(new Uint8Array(32));
});

// Points whose order divides 8: zero, one, and two of order 8, from RFC 7748 section 7.
test.each([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
])('nothing is agreed on with the point %s', (point) => {
  expect(new EphemeralKey(fromHex(ALICE)).agree(fromHex(point))).toBeUndefined();
});

test('nothing is agreed on with bytes of another length, or after close', () => {
  const alice = new EphemeralKey(fromHex(ALICE));
  expect(alice.agree(fromHex(BOB_PUBLIC).subarray(1))).toBeUndefined();
  alice.close();
  expect(alice.agree(fromHex(BOB_PUBLIC))).toBeUndefined();
});

test('a secret of another length is refused', () => {
  const { reason } = expectCode(
    'AMOP_CRYPTO_INVALID_PRIVATE_KEY',
    () => new EphemeralKey(new Uint8Array(31)),
  );
  expect(reason).toContain('31');
});
