import { X509Certificate } from 'node:crypto';
import { id_ce_subjectKeyIdentifier } from '@peculiar/asn1-x509';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatPem } from '../../src/certificate/pem.ts';
import {
  type CertificateIdentity,
  checkKeyMatchesCertificate,
  createChannelCa,
  createChannelLeaf,
  createLeaf,
  describeCertificate,
  encryptPrivateKeyPem,
  isIssuedBy,
  renewAuthority,
  renewLeaf,
  splitPemChain,
} from '../../src/index.ts';
import { buildTestChain, testDependencies } from '../chain-builder.ts';
import { expectCode } from '../expect-code.ts';
import { hasOpenssl, OpensslFolder } from '../openssl.ts';
import { contentsOf, reissue } from './certificate-variants.ts';

const YEAR_MS = 365 * 86_400_000;
const dependencies = testDependencies();
const later = testDependencies(Date.now() + YEAR_MS);
const channel = createChannelCa({ agency: 'bankA' }, dependencies);

function describePem(pem: string): CertificateIdentity {
  return describeCertificate(splitPemChain(pem)[0] ?? new Uint8Array());
}

describe.each(['secp256k1', 'p256'] as const)('%s', (profile) => {
  const { agency, node, root, sdk } = buildTestChain(profile);
  const renewal = { certificatePem: node.chainPem, kind: 'node', issuer: agency, root } as const;

  test('a renewed leaf has the same name, key and issuer, a new serial number and a later end', () => {
    const before = describePem(node.certificatePem);
    const renewed = renewLeaf({ ...renewal, validityDays: 365 }, later);
    const after = describePem(renewed.certificatePem);
    const { fingerprint256: _, serialNumber, validFromMs, validToMs, ...same } = before;
    expect(after).toMatchObject(same);
    expect(after.serialNumber).not.toBe(serialNumber);
    expect(Math.round((after.validFromMs - validFromMs) / 1000)).toBeCloseTo(YEAR_MS / 1000, -1);
    expect(after.validToMs - after.validFromMs).toBe(YEAR_MS);
    expect(after.validToMs).toBeLessThan(validToMs);
    checkKeyMatchesCertificate(renewed.certificatePem, node.privateKeyPem);
    expect(splitPemChain(renewed.chainPem).slice(1)).toEqual(splitPemChain(node.chainPem).slice(1));
    expect(renewed.privateKeyPem).toBeUndefined();
  });

  test('a new key, when that is asked for', () => {
    const options = {
      ...renewal,
      certificatePem: sdk.chainPem,
      kind: 'sdk',
      isNewKey: true,
    } as const;
    const { certificatePem, privateKeyPem = '' } = renewLeaf(options, dependencies);
    checkKeyMatchesCertificate(certificatePem, privateKeyPem);
    const after = describePem(certificatePem);
    expect(after.curve).toBe(describePem(sdk.certificatePem).curve);
    expect(after.nodeId).not.toBe(sdk.nodeId);
    expect(after.subjectName).toBe('CN=sdk, O=fisco-bcos, OU=sdk');
  });

  test('another authority refuses, also one of the same name', () => {
    const other = buildTestChain(profile);
    const reason = 'it did not issue the certificate to be renewed';
    const options = { ...renewal, issuer: other.agency, root: other.root };
    const code = 'AMOP_CRYPTO_BROKEN_CHAIN';
    expect(expectCode(code, () => renewLeaf(options, dependencies)).reason).toBe(reason);
    expect(
      expectCode(code, () =>
        renewAuthority({ certificatePem: agency.certificatePem, issuer: other.root }, dependencies),
      ).reason,
    ).toBe(reason);
  });

  test('an authority keeps name, key and key identifier: what it issued leads to it', () => {
    const certificatePem = renewAuthority(
      { certificatePem: agency.certificatePem, issuer: root, validityDays: 10 },
      later,
    );
    const [leaf = new Uint8Array()] = splitPemChain(node.certificatePem);
    const [renewed = new Uint8Array()] = splitPemChain(certificatePem);
    expect(isIssuedBy(leaf, renewed)).toBe(true);
    const keyId = (pem: string) =>
      contentsOf(pem).extensions?.find(({ extnID }) => extnID === id_ce_subjectKeyIdentifier);
    expect(keyId(certificatePem)).toEqual(keyId(agency.certificatePem));
    const made = createLeaf(
      { kind: 'sdk', commonName: 'sdk', issuer: { ...agency, certificatePem }, root },
      later,
    );
    expect(splitPemChain(made.chainPem)).toHaveLength(3);
  });

  test('a root renews itself', () => {
    const certificatePem = renewAuthority({ ...root, issuer: root }, later);
    const after = describePem(certificatePem);
    expect(after).toMatchObject({
      subjectName: describePem(root.certificatePem).subjectName,
      isCa: true,
    });
    expect(
      new X509Certificate(agency.certificatePem).checkIssued(new X509Certificate(certificatePem)),
    ).toBe(true);
    const leaf = {
      kind: 'sdk',
      commonName: 'sdk',
      issuer: agency,
      root: { certificatePem },
    } as const;
    expect(splitPemChain(createLeaf(leaf, later).chainPem)).toHaveLength(3);
  });

  test('the key of the issuer may be encrypted', () => {
    const privateKeyPem = encryptPrivateKeyPem(agency.privateKeyPem, 'secret');
    const issuer = { ...agency, privateKeyPem, passphrase: 'secret' };
    expect(() => renewLeaf({ ...renewal, issuer }, dependencies)).not.toThrow();
    const wrong = { ...renewal, issuer: { ...issuer, passphrase: 'other' } };
    expect(
      expectCode('AMOP_CRYPTO_PASSPHRASE', () => renewLeaf(wrong, dependencies)).passphrase,
    ).toBe('wrong');
  });
});

test('RSA below the root of a channel: leaf, new key, and the root itself', () => {
  const node = createChannelLeaf(
    { kind: 'node', commonName: 'node0', issuer: channel },
    dependencies,
  );
  const options = { certificatePem: node.chainPem, kind: 'node', issuer: channel } as const;
  const renewed = renewLeaf(options, later);
  checkKeyMatchesCertificate(renewed.certificatePem, node.privateKeyPem);
  expect(splitPemChain(renewed.chainPem)).toHaveLength(2);
  const { privateKeyPem = '' } = renewLeaf({ ...options, isNewKey: true }, later);
  expect(privateKeyPem).toContain('PRIVATE KEY');
  const root = renewAuthority({ ...channel, issuer: channel }, later);
  expect(describePem(root)).toMatchObject({ organizationalUnit: 'channel', isCa: true });
});

test('no authority is renewed as one that is none, and no odd validity', () => {
  const { agency, node, root } = buildTestChain('p256');
  const [der = new Uint8Array()] = [
    reissue(agency.certificatePem, root.privateKeyPem, (contents) => {
      delete contents.extensions;
    }),
  ];
  const options = { certificatePem: formatPem('CERTIFICATE', der), issuer: root };
  expectCode('AMOP_CRYPTO_BROKEN_CHAIN', () => renewAuthority(options, dependencies));
  const leaf = { certificatePem: node.chainPem, kind: 'node', issuer: agency, root } as const;
  for (const validityDays of [0, 1.5, 36_501]) {
    expectCode('AMOP_CRYPTO_INVALID_OPTION', () =>
      renewLeaf({ ...leaf, validityDays }, dependencies),
    );
  }
});

describe.skipIf(!hasOpenssl)('openssl (skipped where it is not installed)', () => {
  let folder: OpensslFolder;
  beforeAll(() => {
    folder = new OpensslFolder();
  });
  afterAll(() => folder.remove());

  test('old leaves below renewed authorities, and renewed leaves below old ones, are accepted strictly', () => {
    const { agency, node, root } = buildTestChain('secp256k1');
    const leaf = { certificatePem: node.chainPem, kind: 'node', issuer: agency, root } as const;
    folder.write('root.old', root.certificatePem);
    folder.write('root.new', renewAuthority({ ...root, issuer: root }, dependencies));
    folder.write('agency.old', agency.certificatePem);
    folder.write('agency.new', renewAuthority({ ...agency, issuer: root }, dependencies));
    folder.write('leaf.old', node.certificatePem);
    folder.write('leaf.new', renewLeaf(leaf, dependencies).certificatePem);
    const ages = ['old', 'new'];
    for (const top of ages) {
      for (const middle of ages) {
        for (const age of ages) {
          const chain = ['-CAfile', `root.${top}`, '-untrusted', `agency.${middle}`];
          const made = folder.run('verify', '-x509_strict', ...chain, `leaf.${age}`);
          expect(made.stdout, made.stderr).toBe(`leaf.${age}: OK\n`);
        }
      }
    }
  });

  test('an authority that openssl made keeps its key identifier', () => {
    folder.run(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'ca.key',
      '-subj',
      '/CN=bankA/OU=channel',
      '-out',
      'ca.crt',
    );
    const certificatePem = folder.run('x509', '-in', 'ca.crt').stdout;
    const issuer = { certificatePem, privateKeyPem: folder.run('pkey', '-in', 'ca.key').stdout };
    folder.run(
      'req',
      '-new',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'sdk.key',
      '-subj',
      '/CN=sdk/OU=sdk',
      '-out',
      'sdk.csr',
    );
    folder.write('ext', 'authorityKeyIdentifier=keyid\n');
    folder.run(
      'x509',
      '-req',
      '-in',
      'sdk.csr',
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-extfile',
      'ext',
      '-out',
      'sdk.crt',
    );
    folder.write('new.crt', renewAuthority({ ...issuer, issuer }, dependencies));
    expect(folder.run('verify', '-CAfile', 'new.crt', 'sdk.crt').stdout).toBe('sdk.crt: OK\n');
    const leaf = {
      certificatePem: folder.run('x509', '-in', 'sdk.crt').stdout,
      kind: 'sdk',
      issuer,
    } as const;
    folder.write('leaf.crt', renewLeaf(leaf, dependencies).certificatePem);
    expect(folder.run('verify', '-CAfile', 'ca.crt', 'leaf.crt').stdout).toBe('leaf.crt: OK\n');
  });
});
