import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { createTestChain } from '@amop/testkit';
import { expect, test } from 'vitest';
import { isPortsError, type PortsError } from '../../src/index.ts';
import { createTlsTransport, type TlsCredentials } from '../../src/system/index.ts';
import { checkCredentials } from '../../src/system/tls-credentials.ts';
import { openPort } from './port-fixture.ts';

const chain = createTestChain();
const sound = chain.node('bankA');

function failure(credentials: TlsCredentials | readonly TlsCredentials[]): PortsError {
  try {
    createTlsTransport(credentials);
  } catch (error) {
    if (isPortsError(error, 'AMOP_PORTS_CREDENTIALS')) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test.each([
  ['ca', { ...sound, ca: 'nothing' }],
  ['ca', { ...sound, ca: sound.ca.replace('MII', '!!!') }],
  ['certificate', { ...sound, certificate: '' }],
  ['certificate', { ...sound, certificate: sound.key }],
  ['key', { ...sound, key: 'nothing' }],
  ['key', { ...sound, key: sound.certificate }],
  ['key', { ...sound, key: chain.node('bankA').key }],
] as const)('a bad %s is named', (part, credentials) => {
  const error = failure(credentials);
  expect(error.details).toMatchObject({ part, retryable: false });
  expect(error.message).toContain(`The TLS ${part} cannot be used: `);
  expect(error.message).not.toContain('PRIVATE KEY');
});

test('a key that belongs to another certificate is said to', () => {
  expect(failure({ ...sound, key: chain.node('bankA').key }).message).toBe(
    'The TLS key cannot be used: the key does not belong to the certificate.',
  );
});

test.each([
  [{ ...sound, key: sound.certificate }, 'there is no private key in it'],
  [{ ...sound, key: sound.key.replace(/\n.{9}/, '\n') }, 'damaged'],
  [{ ...sound, certificate: sound.certificate.replace(/\n.{64}\n/, '\n') }, 'certificate 1 in it'],
] as const)('what is wrong is said in words, not in those of OpenSSL: %#', (credentials, words) => {
  const { message } = failure(credentials);
  expect(message).toContain(words);
  expect(message).not.toContain('error:');
});

test('no credentials at all', () => {
  expect(failure([]).details).toMatchObject({ part: 'certificate', reason: 'there is none' });
});

test('two certificates with EC keys do not fit on one port', () => {
  const other = createTestChain({ profile: 'secp256k1' }).node('bankA');
  expect(failure([sound, other]).details).toMatchObject({ part: 'certificate' });
});

test('an encrypted key opens with its passphrase, and not without', async () => {
  const key = createPrivateKey(sound.key)
    .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'open' })
    .toString();
  expect(failure({ ...sound, key }).details).toMatchObject({ part: 'key' });
  expect(failure({ ...sound, key, passphrase: 'wrong' }).details).toMatchObject({ part: 'key' });
  const transport = createTlsTransport({ ...sound, key, passphrase: 'open' });
  const port = await openPort(transport);
  const dialed = await transport.dial({ host: '127.0.0.1', port: port.listener.port });
  expect(dialed.identity.nodeId).toBe(sound.nodeId);
  dialed.destroy();
});

test('a key in SEC1 form is as good', () => {
  const key = createPrivateKey(sound.key).export({ format: 'pem', type: 'sec1' }).toString();
  expect(checkCredentials({ ...sound, key }).curve).toBe('prime256v1');
});

test('whether the certificate leads to the own authority', () => {
  const other = createTestChain();
  expect(checkCredentials(sound).leadsToOwnCa).toBe(true);
  expect(checkCredentials({ ...sound, ca: other.ca }).leadsToOwnCa).toBe(false);
  expect(checkCredentials({ ...sound, ca: other.ca + chain.ca }).leadsToOwnCa).toBe(true);
  // Without the agency between them, leaf and root have nothing to do with each other.
  const [leaf] = sound.certificate.split(/(?<=-----END CERTIFICATE-----\n)/);
  expect(checkCredentials({ ...sound, certificate: leaf ?? '' }).leadsToOwnCa).toBe(false);
});

test('the curve of the key is known where there is one', () => {
  const k1 = createTestChain({ profile: 'secp256k1' }).sdk('bankA');
  expect(checkCredentials(k1).curve).toBe('secp256k1');
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  expect(failure({ ...sound, key }).details).toMatchObject({ part: 'key' });
});
