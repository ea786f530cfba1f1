import { generateKeyPairSync } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { SubjectPublicKeyInfo } from '@peculiar/asn1-x509';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatPem } from '../../src/certificate/pem.ts';
import { createAgencyCa, createLeaf, describeCertificate, splitPemChain } from '../../src/index.ts';
import { buildTestChain, testDependencies } from '../chain-builder.ts';
import { expectCode } from '../expect-code.ts';
import { hasOpenssl, OpensslFolder } from '../openssl.ts';
import { contentsOf, reissue } from './certificate-variants.ts';

const dependencies = testDependencies();
const { root, agency, node } = buildTestChain('secp256k1');
const leaf = { kind: 'sdk', commonName: 'sdk', issuer: agency, root } as const;

describe('refused issuers', () => {
  test('a leaf issues nothing', () => {
    const details = expectCode('AMOP_CRYPTO_BROKEN_CHAIN', () =>
      createLeaf({ ...leaf, issuer: node }, dependencies),
    );
    expect(details).toMatchObject({ reason: 'the issuer is not a certificate authority' });
  });

  test('the root issues no leaves and an agency no agencies', () => {
    const byRoot = expectCode('AMOP_CRYPTO_BROKEN_CHAIN', () =>
      createLeaf({ ...leaf, issuer: root }, dependencies),
    );
    expect(byRoot.reason).toBe('only an agency issues leaves, this is the root');
    const byAgency = expectCode('AMOP_CRYPTO_BROKEN_CHAIN', () =>
      createAgencyCa({ agency: 'bankB', issuer: agency }, dependencies),
    );
    expect(byAgency.reason).toBe('only the root of a chain issues agencies');
  });

  test('an authority without extensions that is no root issues nothing', () => {
    const bare = reissue(agency.certificatePem, root.privateKeyPem, (contents) => {
      delete contents.extensions;
    });
    const certificatePem = formatPem('CERTIFICATE', bare);
    const details = expectCode('AMOP_CRYPTO_BROKEN_CHAIN', () =>
      createLeaf({ ...leaf, issuer: { ...agency, certificatePem } }, dependencies),
    );
    expect(details.reason).toBe('the issuer is not a certificate authority');
  });

  test('a root that did not issue the agency is noticed', () => {
    const other = buildTestChain('secp256k1');
    const details = expectCode('AMOP_CRYPTO_BROKEN_CHAIN', () =>
      createLeaf({ ...leaf, root: other.root }, dependencies),
    );
    expect(details.reason).toBe('the root did not issue the agency');
    expect(details.subject).toContain('CN=bankA');
    expect(details.issuer).toContain('CN=chain');
  });

  test('a root that only has the right name is noticed', () => {
    const other = buildTestChain('secp256k1');
    const forged = reissue(other.root.certificatePem, other.root.privateKeyPem, (contents) => {
      contents.subject = contentsOf(root.certificatePem).subject;
      contents.issuer = contents.subject;
      delete contents.extensions;
    });
    const certificatePem = formatPem('CERTIFICATE', forged);
    expectCode('AMOP_CRYPTO_BROKEN_CHAIN', () =>
      createLeaf({ ...leaf, root: { certificatePem } }, dependencies),
    );
  });

  test('a root that only has the right key is noticed', () => {
    const renamed = reissue(root.certificatePem, root.privateKeyPem, (contents) => {
      contents.subject = contentsOf(node.certificatePem).subject;
      contents.issuer = contents.subject;
    });
    const certificatePem = formatPem('CERTIFICATE', renamed);
    expectCode('AMOP_CRYPTO_BROKEN_CHAIN', () =>
      createLeaf({ ...leaf, root: { certificatePem } }, dependencies),
    );
  });

  test('the key of another authority', () => {
    const issuer = { ...agency, privateKeyPem: root.privateKeyPem };
    expectCode('AMOP_CRYPTO_KEY_MISMATCH', () => createLeaf({ ...leaf, issuer }, dependencies));
  });

  test('a key on a curve that AMOP does not use', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const privateKeyPem = `${privateKey.export({ format: 'pem', type: 'pkcs8' })}`;
    const der = reissue(root.certificatePem, privateKeyPem, (contents) => {
      const spki = publicKey.export({ format: 'der', type: 'spki' });
      contents.subjectPublicKeyInfo = AsnConvert.parse(spki, SubjectPublicKeyInfo);
    });
    const issuer = { certificatePem: formatPem('CERTIFICATE', der), privateKeyPem };
    const details = expectCode('AMOP_CRYPTO_UNSUPPORTED_KEY', () =>
      createAgencyCa({ agency: 'bankB', issuer }, dependencies),
    );
    expect(details.found).toBe('P-384');
  });
});

test('an issuer file that holds its whole chain serves as well: the first counts', () => {
  const certificatePem = agency.certificatePem + root.certificatePem;
  const made = createLeaf({ ...leaf, issuer: { ...agency, certificatePem } }, dependencies);
  expect(splitPemChain(made.chainPem)).toHaveLength(3);
});

describe.skipIf(!hasOpenssl)('authorities of openssl (skipped where it is not installed)', () => {
  let folder: OpensslFolder;
  beforeAll(() => {
    folder = new OpensslFolder();
  });
  afterAll(() => {
    folder.remove();
  });

  function makeAuthority(name: string, subject: string, ...issuedBy: string[]) {
    const key = ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'];
    const privateKeyPem = folder.run(...key).stdout;
    folder.write(`${name}.key`, privateKeyPem);
    const request = folder.run('req', '-new', '-key', `${name}.key`, '-subj', subject).stdout;
    folder.write(`${name}.csr`, request);
    const certificatePem = folder.run(
      ...['x509', '-req', '-days', '36500', '-sha256', '-in', `${name}.csr`],
      ...issuedBy,
    ).stdout;
    folder.write(`${name}.crt`, certificatePem);
    return { certificatePem, privateKeyPem };
  }

  test('a root without extensions and an agency as the original scripts write them', () => {
    folder.write('ca.ext', 'basicConstraints=CA:TRUE\n');
    const ca = makeAuthority('ca', '/CN=chain/O=fisco-bcos/OU=chain', '-signkey', 'ca.key');
    const bank = makeAuthority(
      'agency',
      '/CN=bankA/O=fisco-bcos/OU=agency',
      ...['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'ca.ext'],
    );
    const made = createLeaf({ ...leaf, issuer: bank, root: ca }, dependencies);
    const second = createAgencyCa({ agency: 'bankB', issuer: ca }, dependencies);
    folder.write('sdk.crt', made.chainPem);
    folder.write('second.crt', second.certificatePem);
    const chain = ['-CAfile', 'ca.crt', '-untrusted', 'agency.crt'];
    expect(folder.run('verify', ...chain, 'sdk.crt').stdout).toBe('sdk.crt: OK\n');
    expect(folder.run('verify', ...chain, 'second.crt').stdout).toBe('second.crt: OK\n');
    const [der = new Uint8Array()] = splitPemChain(made.certificatePem);
    expect(describeCertificate(der).issuerName).toBe('CN=bankA, O=fisco-bcos, OU=agency');
  });
});
