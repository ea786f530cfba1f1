import { Buffer } from 'node:buffer';
import { expectSame, fuzz, onlyErrors } from '@amop/fuzz';
import {
  encryptPrivateKeyPem,
  formatPrivateKeyPem,
  formatPublicKeyHex,
  formatPublicKeyPem,
  generateKeyPair,
  loadPrivateKeyPem,
  parseNodeId,
  parsePrivateKey,
  parsePublicKey,
  parseRevocationLists,
  splitPemChain,
} from '../src/index.ts';
import { CHAIN, listOf } from './materials.ts';

const { privateKey, publicKey } = generateKeyPair('secp256k1');
const decoder = new TextDecoder();
const PASSPHRASE = 'open sesame';
const LABELS = ['CERTIFICATE', 'X509 CRL', 'PRIVATE KEY', 'EC PRIVATE KEY', 'PUBLIC KEY'];

fuzz({
  name: 'crypto/key-text',
  seeds: [
    formatPrivateKeyPem(privateKey),
    formatPublicKeyPem(publicKey),
    formatPublicKeyHex(publicKey),
    Buffer.from(privateKey.toBytes()).toString('hex'),
    encryptPrivateKeyPem(formatPrivateKeyPem(privateKey), PASSPHRASE),
    CHAIN.node.chainPem,
    listOf(CHAIN.agency),
  ].map((text) => new TextEncoder().encode(text)),
  words: [
    ...LABELS.flatMap((label) => [`-----BEGIN ${label}-----\n`, `\n-----END ${label}-----\n`]),
    ...[
      '\r\n',
      '0x',
      '04',
      'Proc-Type: 4,ENCRYPTED\n',
      'DEK-Info: AES-128-CBC,00',
      '====',
      '-----',
    ],
  ],
  maxBytes: 4_096,
  isSecret: true,
  testRuns: 60,
  run: (input) => {
    const text = decoder.decode(input);
    onlyErrors('AMOP_CRYPTO_', () => splitPemChain(text));
    onlyErrors('AMOP_CRYPTO_', () => parseRevocationLists(text));
    onlyErrors('AMOP_CRYPTO_', () => loadPrivateKeyPem(text));
    onlyErrors('AMOP_CRYPTO_', () => loadPrivateKeyPem(text, PASSPHRASE));
    const nodeId = onlyErrors('AMOP_CRYPTO_', () => parseNodeId(text));
    if (nodeId !== undefined) expectSame(parseNodeId(nodeId), nodeId, 'node IDs');
    const secret = onlyErrors('AMOP_CRYPTO_', () => parsePrivateKey(text, PASSPHRASE));
    if (secret !== undefined) {
      const again = parsePrivateKey(formatPrivateKeyPem(secret));
      expectSame(again.toBytes(), secret.toBytes(), 'private keys');
    }
    const open = onlyErrors('AMOP_CRYPTO_', () => parsePublicKey(text));
    if (open === undefined) return;
    expectSame(parsePublicKey(formatPublicKeyPem(open)).equals(open), true, 'public keys');
    if (open.curve !== 'secp256k1') return;
    expectSame(parsePublicKey(formatPublicKeyHex(open)).equals(open), true, 'public keys in hex');
  },
});
