import { createPrivateKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  createChannelCa,
  encryptPrivateKeyPem,
  formatPrivateKeyPem,
  generateKeyPair,
  parsePrivateKey,
} from '../../src/index.ts';
import { testDependencies } from '../chain-builder.ts';
import { expectCode } from '../expect-code.ts';
import { hasOpenssl, OpensslFolder } from '../openssl.ts';

const { privateKey, publicKey } = generateKeyPair('secp256k1');
const plain = formatPrivateKeyPem(privateKey);

describe('encryptPrivateKeyPem', () => {
  test('the passphrase, and nothing else, opens the key', () => {
    const encrypted = encryptPrivateKeyPem(plain, 'correct horse é');
    expect(encrypted).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect(parsePrivateKey(encrypted, 'correct horse é').publicKey().equals(publicKey)).toBe(true);
    const code = 'AMOP_CRYPTO_PASSPHRASE';
    expect(expectCode(code, () => parsePrivateKey(encrypted, 'x')).passphrase).toBe('wrong');
    expect(expectCode(code, () => parsePrivateKey(encrypted)).passphrase).toBe('missing');
  });

  test('RSA keys as well', () => {
    const { privateKeyPem } = createChannelCa({ agency: 'bankA' }, testDependencies());
    const key = encryptPrivateKeyPem(privateKeyPem, 'x');
    const opened = createPrivateKey({ key, passphrase: 'x' });
    expect(opened.equals(createPrivateKey(privateKeyPem))).toBe(true);
  });

  test('the longest passphrase opens it, an empty and a longer one are refused', () => {
    const longest = 'x'.repeat(1023);
    const encrypted = encryptPrivateKeyPem(plain, longest);
    expect(parsePrivateKey(encrypted, longest).publicKey().equals(publicKey)).toBe(true);
    for (const passphrase of ['', `${longest}x`]) {
      expectCode('AMOP_CRYPTO_INVALID_OPTION', () => encryptPrivateKeyPem(plain, passphrase));
    }
  });

  test('a key that is encrypted already, and a text that is no key', () => {
    const encrypted = encryptPrivateKeyPem(plain, 'x');
    expectCode('AMOP_CRYPTO_PASSPHRASE', () => encryptPrivateKeyPem(encrypted, 'x'));
    expectCode('AMOP_CRYPTO_INVALID_PRIVATE_KEY', () => encryptPrivateKeyPem('no key', 'x'));
  });

  test.skipIf(!hasOpenssl)('openssl opens it (skipped where it is not installed)', () => {
    const folder = new OpensslFolder();
    folder.write('key', encryptPrivateKeyPem(plain, 'secret'));
    const { stdout } = folder.run('pkey', '-in', 'key', '-passin', 'pass:secret');
    folder.remove();
    expect(parsePrivateKey(stdout).publicKey().equals(publicKey)).toBe(true);
  });
});
