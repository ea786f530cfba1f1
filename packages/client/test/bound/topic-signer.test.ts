import { generateKeyPair, verifyDigest } from '@amop/crypto';
import { expect, test } from 'vitest';
import { signerOf } from '../../src/bound/topic-signer.ts';
import { ClientError } from '../../src/errors.ts';

test('signs a digest as it is', async () => {
  const { privateKey, publicKey } = generateKeyPair('secp256k1');
  const signer = signerOf(privateKey);
  const digest = new Uint8Array(32).fill(7);
  expect(signer.publicKey.equals(publicKey)).toBe(true);
  expect(verifyDigest(await signer.sign(digest), digest, publicKey)).toBe(true);
});

test('a key on another curve is refused before it is needed', () => {
  const { privateKey } = generateKeyPair('p256');
  let thrown: unknown;
  try {
    signerOf(privateKey);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ClientError);
  expect(thrown).toMatchObject({ code: 'AMOP_CLIENT_OPTIONS', details: { option: 'privateKey' } });
});
