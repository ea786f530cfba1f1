import { createPrivateKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkKeyMatchesCertificate,
  createChannelCa,
  createChannelLeaf,
  describeCertificate,
  splitPemChain,
} from '../../src/index.ts';
import { buildTestChain, testDependencies } from '../chain-builder.ts';
import { expectCode } from '../expect-code.ts';
import { hasOpenssl, OpensslFolder } from '../openssl.ts';

const dependencies = testDependencies();
const issuer = createChannelCa({ agency: 'bankA' }, dependencies);
const node = createChannelLeaf({ kind: 'node', commonName: 'node0', issuer }, dependencies);
const sdk = createChannelLeaf({ kind: 'sdk', commonName: 'sdk', issuer }, dependencies);

function describePem(pem: string) {
  return describeCertificate(splitPemChain(pem)[0] ?? new Uint8Array());
}

test('the root is of the agency, the leaves say what they are for', () => {
  const names = [issuer, node, sdk].map(
    ({ certificatePem }) => describePem(certificatePem).subjectName,
  );
  expect(names[0]).toMatch(/^CN=bankA, O=fisco-bcos, OU=channel, serialNumber=[0-9a-f]{32}$/);
  expect(names.slice(1)).toEqual([
    'CN=node0, O=fisco-bcos, OU=node',
    'CN=sdk, O=fisco-bcos, OU=sdk',
  ]);
});

test('both leaves name the same issuer: the check of the channel port passes', () => {
  expect(describePem(node.certificatePem).issuerName).toBe(
    describePem(sdk.certificatePem).issuerName,
  );
});

test('keys are RSA of 2048 bits, unencrypted PKCS#8, and belong to their certificates', () => {
  for (const { certificatePem, privateKeyPem } of [issuer, node, sdk]) {
    expect(privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    const key = createPrivateKey(privateKeyPem);
    expect(key.asymmetricKeyType).toBe('rsa');
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(() => checkKeyMatchesCertificate(certificatePem, privateKeyPem)).not.toThrow();
  }
});

test('the chain file is leaf and root', () => {
  expect(sdk.chainPem).toBe(sdk.certificatePem + issuer.certificatePem);
});

test('a leaf has no node ID, and may also decrypt the secret of a handshake', () => {
  expect(describePem(node.certificatePem).nodeId).toBeUndefined();
  // keyUsage in DER: 03 02 05 a0 is digitalSignature and keyEncipherment.
  expect(Buffer.from(new X509Certificate(node.certificatePem).raw).toString('hex')).toContain(
    '0603551d0f0101ff0404030205a0',
  );
});

test('an issuer of another kind is refused', () => {
  const ec = buildTestChain('secp256k1');
  const leaf = { kind: 'node', commonName: 'node0' } as const;
  expect(
    expectCode('AMOP_CRYPTO_UNSUPPORTED_KEY', () =>
      createChannelLeaf({ ...leaf, issuer: ec.root }, dependencies),
    ),
  ).toEqual({ found: 'ec', allowed: 'rsa' });
  expect(
    expectCode('AMOP_CRYPTO_BROKEN_CHAIN', () =>
      createChannelLeaf({ ...leaf, issuer: ec.agency }, dependencies),
    ),
  ).toMatchObject({ reason: expect.stringContaining("root of an agency's channel") });
  expectCode('AMOP_CRYPTO_BROKEN_CHAIN', () =>
    createChannelLeaf({ ...leaf, issuer: node }, dependencies),
  );
});

test('a name that X.509 cannot hold is refused', () => {
  const details = expectCode('AMOP_CRYPTO_INVALID_OPTION', () =>
    createChannelCa({ agency: 'x'.repeat(65) }, dependencies),
  );
  expect(details).toMatchObject({ option: 'agency' });
});

describe.skipIf(!hasOpenssl)('openssl', () => {
  let folder: OpensslFolder;
  beforeAll(() => {
    folder = new OpensslFolder();
    folder.write('ca.crt', issuer.certificatePem);
    folder.write('node.crt', node.chainPem);
    folder.write('sdk.crt', sdk.chainPem);
  });
  afterAll(() => folder.remove());

  test.each([
    ['sslserver', 'node.crt', true],
    ['sslclient', 'sdk.crt', true],
    ['sslserver', 'sdk.crt', false],
  ] as const)('verify -x509_strict -purpose %s %s: %s', (purpose, file, isFine) => {
    const strict = ['-x509_strict', '-check_ss_sig', '-purpose', purpose];
    const { status } = folder.run('verify', ...strict, '-CAfile', 'ca.crt', file);
    expect(status === 0).toBe(isFine);
  });
});
