import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  formatPrivateKeyPem,
  formatPublicKeyHex,
  formatPublicKeyPem,
  generateKeyPair,
  PrivateKey,
  parseNodeId,
  parsePrivateKey,
  parsePublicKey,
} from '../../src/index.ts';
import { buildTestChain } from '../chain-builder.ts';
import { expectCode } from '../expect-code.ts';
import { vectors } from '../signature-vectors.ts';

describe.each(['secp256k1', 'p256'] as const)('%s', (curve) => {
  test('a private key survives PKCS#8 and SEC1', () => {
    const { privateKey } = generateKeyPair(curve);
    const pkcs8 = formatPrivateKeyPem(privateKey);
    expect(pkcs8).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^-]+-----END PRIVATE KEY-----\n$/);
    const sec1 = `${createPrivateKey(pkcs8).export({ format: 'pem', type: 'sec1' })}`;
    for (const pem of [pkcs8, sec1, `  \r\n${pkcs8.replaceAll('\n', '\r\n')}`]) {
      const parsed = parsePrivateKey(pem);
      expect(parsed.curve).toBe(curve);
      expect(parsed.toBytes()).toEqual(privateKey.toBytes());
    }
  });

  test('a public key survives SPKI', () => {
    const { publicKey } = generateKeyPair(curve);
    const pem = formatPublicKeyPem(publicKey);
    expect(pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect(parsePublicKey(pem).equals(publicKey)).toBe(true);
  });

  test('an encrypted private key opens with its passphrase only', () => {
    const { privateKey } = generateKeyPair(curve);
    const pem = `${createPrivateKey(formatPrivateKeyPem(privateKey)).export({
      format: 'pem',
      type: 'pkcs8',
      cipher: 'aes-256-cbc',
      passphrase: 'correct',
    })}`;
    expect(parsePrivateKey(pem, 'correct').toBytes()).toEqual(privateKey.toBytes());
    expect(expectCode('AMOP_CRYPTO_PASSPHRASE', () => parsePrivateKey(pem))).toEqual({
      passphrase: 'missing',
    });
    expect(expectCode('AMOP_CRYPTO_PASSPHRASE', () => parsePrivateKey(pem, 'wrong'))).toEqual({
      passphrase: 'wrong',
    });
  });
});

test('an encrypted SEC1 key without passphrase is named as such', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  const pem = `${privateKey.export({
    format: 'pem',
    type: 'sec1',
    cipher: 'aes-128-cbc',
    passphrase: 'correct',
  })}`;
  expectCode('AMOP_CRYPTO_PASSPHRASE', () => parsePrivateKey(pem));
  expect(parsePrivateKey(pem, 'correct').curve).toBe('secp256k1');
});

test.each(vectors('signature-'))('$name: hex keys of the vector belong together', ({ fields }) => {
  const privateKey = parsePrivateKey(fields.private_key_hex ?? '');
  const { public_key_64_hex: short = '', public_key_uncompressed_hex: long = '' } = fields;
  expect(formatPublicKeyHex(privateKey.publicKey())).toBe(short);
  for (const text of [short, long, `0x${long}`, ` ${short.toUpperCase()}\n`]) {
    expect(formatPublicKeyHex(parsePublicKey(text))).toBe(short);
  }
});

test('a hex private key may carry 0x and white space around it', () => {
  const digits = '01'.repeat(32);
  expect(parsePrivateKey(` 0x${digits}\n`).toBytes()).toEqual(new Uint8Array(32).fill(1));
});

test('a public point that begins with 04 is not taken for one with a prefix', () => {
  const point = (text: string) => formatPublicKeyHex(parsePublicKey(text));
  const secret = new Uint8Array(32);
  let hex = '';
  // One point in 256 begins so; the small numbers are tried in turn.
  for (let tries = 1; !hex.startsWith('04'); tries += 1) {
    new DataView(secret.buffer).setUint32(28, tries);
    hex = formatPublicKeyHex(new PrivateKey('secp256k1', secret).publicKey());
  }
  expect(point(hex)).toBe(hex);
  expect(point(`04${hex}`)).toBe(hex);
});

test('the other key of a pair is told as such', () => {
  const { privateKey, publicKey } = generateKeyPair('secp256k1');
  const digits = Buffer.from(privateKey.toBytes()).toString('hex');
  for (const text of [formatPublicKeyPem(publicKey), formatPublicKeyHex(publicKey)]) {
    expect(() => parsePrivateKey(text)).toThrow('the public key of a pair; give the private one');
  }
  for (const text of [formatPrivateKeyPem(privateKey), digits]) {
    expect(() => parsePublicKey(text)).toThrow('the private key of a pair; give the public one');
  }
});

test('the hex form of a public key is a node id', () => {
  const hex = formatPublicKeyHex(generateKeyPair('secp256k1').publicKey);
  expect(parseNodeId(hex)).toBe(hex);
});

test.each([
  ['nothing', ''],
  ['63 digits', '1'.repeat(63)],
  ['zero', '0'.repeat(64)],
  ['a certificate', buildTestChain('p256').root.certificatePem],
  ['a damaged block', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
])('%s is no private key', (_, text) => {
  expectCode('AMOP_CRYPTO_INVALID_PRIVATE_KEY', () => parsePrivateKey(text));
});

test.each([
  ['nothing', ''],
  ['127 digits', '1'.repeat(127)],
  ['a point off the curve', '1'.repeat(128)],
  ['a compressed point', `02${'1'.repeat(64)}`],
  ['a certificate', buildTestChain('p256').root.certificatePem],
  ['a private key', formatPrivateKeyPem(generateKeyPair('p256').privateKey)],
  ['a damaged block', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
])('%s is no public key', (_, text) => {
  expectCode('AMOP_CRYPTO_INVALID_PUBLIC_KEY', () => parsePublicKey(text));
});

test('keys of other kinds are refused by name', () => {
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const edwards = generateKeyPairSync('ed25519');
  const secret = `${p384.privateKey.export({ format: 'pem', type: 'pkcs8' })}`;
  const shown = `${edwards.publicKey.export({ format: 'pem', type: 'spki' })}`;
  const allowed = 'secp256k1 or P-256';
  expect(expectCode('AMOP_CRYPTO_UNSUPPORTED_KEY', () => parsePrivateKey(secret))).toEqual({
    found: 'P-384',
    allowed,
  });
  expect(expectCode('AMOP_CRYPTO_UNSUPPORTED_KEY', () => parsePublicKey(shown))).toEqual({
    found: 'ed25519',
    allowed,
  });
});
