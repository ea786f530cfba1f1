import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CertificateProfile,
  checkKeyMatchesCertificate,
  createAgencyCa,
  createChainCa,
  createLeaf,
  describeCertificate,
  parsePrivateKey,
  splitPemChain,
} from '../../src/index.ts';
import { buildTestChain, testDependencies } from '../chain-builder.ts';
import { expectCode } from '../expect-code.ts';
import { hasOpenssl, OpensslFolder } from '../openssl.ts';

const PROFILES: readonly CertificateProfile[] = ['secp256k1', 'p256'];

function describePem(pem: string) {
  return describeCertificate(splitPemChain(pem)[0] ?? new Uint8Array());
}

describe.each(PROFILES)('%s', (profile) => {
  const { root, agency, node, sdk } = buildTestChain(profile);

  test('names and layout are those of the original', () => {
    const unique = 'serialNumber=[0-9a-f]{32}';
    const names = [root, agency, node, sdk].map(
      ({ certificatePem }) => describePem(certificatePem).subjectName,
    );
    expect(names[0]).toMatch(new RegExp(`^CN=chain, O=fisco-bcos, OU=chain, ${unique}$`));
    expect(names[1]).toMatch(new RegExp(`^CN=bankA, O=fisco-bcos, OU=agency, ${unique}$`));
    expect(names[2]).toBe('CN=node0, O=fisco-bcos, OU=node');
    expect(names[3]).toBe('CN=sdk, O=fisco-bcos, OU=sdk');
  });

  test('each certificate was issued by the one above', () => {
    const chain = [node, agency, root, root].map(
      ({ certificatePem }) => new X509Certificate(certificatePem),
    );
    for (const [index, subject] of chain.slice(0, 3).entries()) {
      const issuer = chain[index + 1] ?? subject;
      expect(subject.checkIssued(issuer)).toBe(true);
      expect(subject.verify(issuer.publicKey)).toBe(true);
    }
  });

  test('the chain file is leaf, agency and root', () => {
    expect(node.chainPem).toBe(node.certificatePem + agency.certificatePem + root.certificatePem);
    expect(sdk.chainPem).toBe(sdk.certificatePem + agency.certificatePem + root.certificatePem);
  });

  test('each key is unencrypted PKCS#8 on the curve and belongs to its certificate', () => {
    for (const { certificatePem, privateKeyPem } of [root, agency, node, sdk]) {
      expect(privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
      expect(parsePrivateKey(privateKeyPem).curve).toBe(profile);
      expect(() => checkKeyMatchesCertificate(certificatePem, privateKeyPem)).not.toThrow();
    }
  });

  test('the node id beside a leaf is that of its certificate', () => {
    expect(node.nodeId).toBe(describePem(node.certificatePem).nodeId);
    expect(sdk.nodeId).toBe(describePem(sdk.certificatePem).nodeId);
  });
});

test('two chains and two agencies of one name have different subjects', () => {
  const [one, two] = [buildTestChain('p256'), buildTestChain('p256')];
  expect(describePem(one.root.certificatePem).subjectName).not.toBe(
    describePem(two.root.certificatePem).subjectName,
  );
  expect(describePem(one.agency.certificatePem).subjectName).not.toBe(
    describePem(two.agency.certificatePem).subjectName,
  );
});

test('an agency may have any name that X.509 can hold', () => {
  const dependencies = testDependencies();
  const issuer = createChainCa({ profile: 'p256' }, dependencies);
  for (const agency of ['a', '银行 "A", b=c', '🏦'.repeat(64)]) {
    const { certificatePem } = createAgencyCa({ agency, issuer }, dependencies);
    expect(describePem(certificatePem).commonName).toBe(agency);
  }
});

describe('refused options', () => {
  const dependencies = testDependencies();
  const { root, agency } = buildTestChain('p256');
  const leaf = { kind: 'node', commonName: 'node0', issuer: agency, root } as const;

  test.each(['', 'x'.repeat(65), 'a\nb', 'a\u0000', '\ud800'])('name %j', (name) => {
    const refusal = { allowed: '1 to 64 characters, none of them a control character' };
    expect(
      expectCode('AMOP_CRYPTO_INVALID_OPTION', () =>
        createAgencyCa({ agency: name, issuer: root }, dependencies),
      ),
    ).toMatchObject({ option: 'agency', ...refusal });
    expect(
      expectCode('AMOP_CRYPTO_INVALID_OPTION', () =>
        createLeaf({ ...leaf, commonName: name }, dependencies),
      ),
    ).toMatchObject({ option: 'commonName', ...refusal });
  });

  test.each([0, -1, 1.5, 36_501, Number.NaN])('%d days of validity', (validityDays) => {
    const details = expectCode('AMOP_CRYPTO_INVALID_OPTION', () =>
      createChainCa({ profile: 'p256', validityDays }, dependencies),
    );
    expect(details).toMatchObject({ option: 'validityDays', found: `${validityDays}` });
  });

  test('another profile than the issuer has, or one that does not exist', () => {
    const other = expectCode('AMOP_CRYPTO_INVALID_OPTION', () =>
      createLeaf({ ...leaf, profile: 'secp256k1' }, dependencies),
    );
    expect(other).toEqual({ option: 'profile', found: 'secp256k1', allowed: 'p256' });
    // As from a command line that was not checked.
    const profile = 'rsa' as CertificateProfile;
    expectCode('AMOP_CRYPTO_INVALID_OPTION', () => createChainCa({ profile }, dependencies));
  });
});

describe.skipIf(!hasOpenssl)('openssl accepts it (skipped where it is not installed)', () => {
  let folder: OpensslFolder;
  beforeAll(() => {
    folder = new OpensslFolder();
  });
  afterAll(() => {
    folder.remove();
  });

  test.each(PROFILES)('%s: verify -x509_strict, for both purposes of a node', (profile) => {
    const { root, agency, node, sdk } = buildTestChain(profile);
    folder.write('ca.crt', root.certificatePem);
    folder.write('agency.crt', agency.certificatePem);
    folder.write('node.crt', node.chainPem);
    folder.write('sdk.crt', sdk.chainPem);
    const verify = (purpose: string, file: string) =>
      folder.run(
        'verify',
        ...['-x509_strict', '-check_ss_sig', '-purpose', purpose],
        ...['-CAfile', 'ca.crt', '-untrusted', 'agency.crt', file],
      );
    for (const [purpose, file] of [
      ['sslserver', 'node.crt'],
      ['sslclient', 'node.crt'],
      ['sslclient', 'sdk.crt'],
    ] as const) {
      expect(verify(purpose, file)).toEqual({ status: 0, stdout: `${file}: OK\n`, stderr: '' });
    }
    expect(verify('sslserver', 'sdk.crt').status).not.toBe(0);
    expect(verify('any', 'agency.crt').status).toBe(0);
  });
});
