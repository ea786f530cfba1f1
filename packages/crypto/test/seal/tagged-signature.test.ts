import { secp256k1 } from '@noble/curves/secp256k1.js';
import { describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../src/key/key.ts';
import { taggedDigest } from '../../src/seal/tagged-digest.ts';
import { verifyTagged } from '../../src/seal/tagged-signature.ts';
import { signDigest, verifyDigest } from '../../src/signature.ts';

const TAG = 'a tag';
const PARTS = [Uint8Array.of(1, 2), new Uint8Array(300)];
const { privateKey, publicKey } = generateKeyPair('secp256k1');
const signature = signDigest(taggedDigest(TAG, ...PARTS), privateKey);

describe('verifyTagged', () => {
  it('says what verifyDigest says, for any bit of the signature but v', () => {
    const digest = taggedDigest(TAG, ...PARTS);
    expect(verifyTagged(signature, TAG, PARTS, publicKey)).toBe(true);
    for (let at = 0; at < 64; at++) {
      const changed = signature.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(verifyTagged(changed, TAG, PARTS, publicKey)).toBe(
        verifyDigest(changed, digest, publicKey),
      );
    }
  });

  it.each([
    ['another tag', signature, 'another', PARTS],
    ['other parts', signature, TAG, [Uint8Array.of(1, 3), new Uint8Array(300)]],
    ['64 bytes', signature.subarray(0, 64), TAG, PARTS],
    ['v 4', signature.with(64, 4), TAG, PARTS],
    ['r and s of zeroes', new Uint8Array(65), TAG, PARTS],
    ['r and s above the group order', new Uint8Array(65).fill(0xff, 0, 64), TAG, PARTS],
  ])('refuses %s', (_, given, tag, parts) => {
    expect(verifyTagged(given, tag, parts, publicKey)).toBe(false);
  });

  it('refuses the high s, which anybody could make of the low one', () => {
    const high = signature.slice();
    const s = BigInt(`0x${Buffer.from(signature.subarray(32, 64)).toString('hex')}`);
    const other = (secp256k1.Point.Fn.ORDER - s).toString(16).padStart(64, '0');
    high.set(Buffer.from(other, 'hex'), 32);
    expect(verifyTagged(high, TAG, PARTS, publicKey)).toBe(false);
  });

  it('refuses another key, and one on another curve', () => {
    for (const curve of ['secp256k1', 'p256'] as const) {
      expect(verifyTagged(signature, TAG, PARTS, generateKeyPair(curve).publicKey)).toBe(false);
    }
  });
});
