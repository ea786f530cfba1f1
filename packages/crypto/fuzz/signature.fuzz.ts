import { expectSame, fuzz, onlyErrors } from '@amop/fuzz';
import {
  DIGEST_BYTES,
  keccak256,
  parsePrivateKey,
  recover,
  SIGNATURE_BYTES,
  sign,
  signDigest,
  verify,
} from '../src/index.ts';

// A key that anybody can write down; signatures of it are the same in every run.
const KEY = parsePrivateKey('7'.repeat(64));
const PUBLIC_KEY = KEY.publicKey();
const CONTENT = Uint8Array.of(1, 2, 3);
const WORDS = [
  new Uint8Array(32),
  new Uint8Array(32).fill(0xff),
  // The order of the group, below which r and s have to be.
  Uint8Array.from(
    Buffer.from('fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141', 'hex'),
  ),
];

// Input: a signature of 65 bytes, and behind it what it is to be the signature of.
fuzz({
  name: 'crypto/signature',
  seeds: [Uint8Array.of(...sign(CONTENT, KEY), ...CONTENT), sign(new Uint8Array(), KEY)],
  words: WORDS,
  maxBytes: 200,
  testRuns: 60,
  run: (input) => {
    const signature = input.subarray(0, SIGNATURE_BYTES);
    const content = input.subarray(SIGNATURE_BYTES);
    const isStrict = verify(signature, content, PUBLIC_KEY);
    const isJava = verify(signature, content, PUBLIC_KEY, 'java');
    const isGo = verify(signature, content, PUBLIC_KEY, 'go');
    if (isStrict && !(isJava && isGo)) throw new Error('strict rules take what others do not');
    const signer = recover(signature, content);
    if (signer !== undefined) {
      expectSame(verify(signature, content, signer, 'java'), true, 'recovered and verified');
      if (isStrict) expectSame(signer.equals(PUBLIC_KEY), true, 'signers');
    }
    expectSame(keccak256(input).length, DIGEST_BYTES, 'lengths');
    onlyErrors('AMOP_CRYPTO_', () => signDigest(input, KEY));
  },
});
