import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { formatPem } from '../../src/certificate/pem.ts';
import { checkKeyMatchesCertificate } from '../../src/index.ts';
import { buildTestChain } from '../chain-builder.ts';
import { expectCode } from '../expect-code.ts';
import { compressPoint } from './certificate-variants.ts';

describe.each(['secp256k1', 'p256'] as const)('%s', (profile) => {
  const { agency, node, sdk } = buildTestChain(profile);

  test('a leaf, its whole chain and a compressed point match the key', () => {
    const compressed = compressPoint(node.certificatePem, agency.privateKeyPem);
    for (const pem of [node.certificatePem, node.chainPem, formatPem('CERTIFICATE', compressed)]) {
      expect(() => checkKeyMatchesCertificate(pem, node.privateKeyPem)).not.toThrow();
    }
  });

  test('a SEC1 key with its parameters block in front matches', () => {
    const key = createPrivateKey(node.privateKeyPem);
    const sec1 = `${key.export({ format: 'pem', type: 'sec1' })}`;
    const parameters = '-----BEGIN EC PARAMETERS-----\nBgUrgQQACg==\n-----END EC PARAMETERS-----\n';
    expect(() => checkKeyMatchesCertificate(node.chainPem, parameters + sec1)).not.toThrow();
  });

  test('the key of another leaf is named as such', () => {
    const details = expectCode('AMOP_CRYPTO_KEY_MISMATCH', () =>
      checkKeyMatchesCertificate(node.chainPem, sdk.privateKeyPem),
    );
    expect(details).toEqual({ subject: 'CN=node0, O=fisco-bcos, OU=node' });
  });

  test('the key of the last certificate of the chain does not match: the first counts', () => {
    expectCode('AMOP_CRYPTO_KEY_MISMATCH', () =>
      checkKeyMatchesCertificate(node.chainPem, agency.privateKeyPem),
    );
  });

  test('an encrypted key needs its passphrase', () => {
    const encrypted = `${createPrivateKey(node.privateKeyPem).export({
      format: 'pem',
      type: 'pkcs8',
      cipher: 'aes-256-cbc',
      passphrase: 'correct',
    })}`;
    const check = (passphrase?: string) => () =>
      checkKeyMatchesCertificate(node.certificatePem, encrypted, passphrase);
    expect(check('correct')).not.toThrow();
    expect(expectCode('AMOP_CRYPTO_PASSPHRASE', check())).toEqual({ passphrase: 'missing' });
    expect(expectCode('AMOP_CRYPTO_PASSPHRASE', check(''))).toEqual({ passphrase: 'wrong' });
    expect(expectCode('AMOP_CRYPTO_PASSPHRASE', check('no'))).toEqual({ passphrase: 'wrong' });
  });

  test('a passphrase for a key that is not encrypted does no harm', () => {
    expect(() =>
      checkKeyMatchesCertificate(node.certificatePem, node.privateKeyPem, 'needless'),
    ).not.toThrow();
  });
});

test('keys of another kind than the certificate do not match', () => {
  const { node } = buildTestChain('secp256k1');
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = `${privateKey.export({ format: 'pem', type: 'pkcs8' })}`;
  expectCode('AMOP_CRYPTO_KEY_MISMATCH', () => checkKeyMatchesCertificate(node.chainPem, pem));
});

test('each text that is not what it should be has its own code', () => {
  const { node } = buildTestChain('p256');
  const { certificatePem, privateKeyPem } = node;
  const damaged = formatPem('CERTIFICATE', new Uint8Array([0x30, 0x00]));
  expectCode('AMOP_CRYPTO_INVALID_PEM', () =>
    checkKeyMatchesCertificate(privateKeyPem, privateKeyPem),
  );
  expectCode('AMOP_CRYPTO_INVALID_CERTIFICATE', () =>
    checkKeyMatchesCertificate(damaged, privateKeyPem),
  );
  const { reason } = expectCode('AMOP_CRYPTO_INVALID_PRIVATE_KEY', () =>
    checkKeyMatchesCertificate(certificatePem, certificatePem),
  );
  expect(reason).toBe('there is no private key in it');
});
