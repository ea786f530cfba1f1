import { afterEach, expect, test, vi } from 'vitest';
import { createChainCa, parsePrivateKey } from '../../src/index.ts';
import * as key from '../../src/key/key.ts';
import { testDependencies } from '../chain-builder.ts';

vi.mock(import('../../src/key/key.ts'), async (original) => {
  const actual = await original();
  return { ...actual, generateKeyPair: vi.fn(actual.generateKeyPair) };
});

afterEach(() => {
  vi.mocked(key.generateKeyPair).mockClear();
});

test('a private key that begins with byte 00 is made again', () => {
  const secret = new Uint8Array(32).fill(5);
  secret[0] = 0;
  const privateKey = new key.PrivateKey('secp256k1', secret);
  vi.mocked(key.generateKeyPair).mockReturnValueOnce({
    privateKey,
    publicKey: privateKey.publicKey(),
  });
  const root = createChainCa({ profile: 'secp256k1' }, testDependencies());
  expect(key.generateKeyPair).toHaveBeenCalledTimes(2);
  expect(parsePrivateKey(root.privateKeyPem).toBytes()).not.toEqual(secret);
});
