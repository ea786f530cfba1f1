import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { SubjectPublicKeyInfo } from '@peculiar/asn1-x509';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CertificateIdentity,
  CryptoError,
  describeCertificate,
  formatPublicKeyHex,
  parsePrivateKey,
  splitPemChain,
} from '../../src/index.ts';
import { buildTestChain } from '../chain-builder.ts';
import { expectCode } from '../expect-code.ts';
import { hasOpenssl, OpensslFolder } from '../openssl.ts';
import { compressPoint, isSignedBy, reissue } from './certificate-variants.ts';

function describePem(pem: string): CertificateIdentity {
  return describeCertificate(splitPemChain(pem)[0] ?? new Uint8Array());
}

describe.each([
  ['secp256k1', 'secp256k1'],
  ['p256', 'P-256'],
] as const)('%s', (profile, curve) => {
  const { root, agency, node, sdk } = buildTestChain(profile);

  test('a leaf tells who it is, who issued it and for how long', () => {
    const identity = describePem(node.certificatePem);
    const x509 = new X509Certificate(node.certificatePem);
    expect(identity).toEqual({
      nodeId: node.nodeId,
      curve,
      commonName: 'node0',
      organizationalUnit: 'node',
      issuerCommonName: 'bankA',
      issuerName: describePem(agency.certificatePem).subjectName,
      subjectName: 'CN=node0, O=fisco-bcos, OU=node',
      serialNumber: x509.serialNumber,
      issuerKeyId: expect.stringMatching(/^[0-9a-f]{40}$/),
      fingerprint256: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
      validFromMs: Date.parse(x509.validFrom),
      validToMs: Date.parse(x509.validTo),
      isCa: false,
      hasBasicConstraints: true,
    });
  });

  test('the node id is the public point of the private key', () => {
    const publicKey = parsePrivateKey(node.privateKeyPem).publicKey();
    expect(describePem(node.certificatePem).nodeId).toBe(formatPublicKeyHex(publicKey));
    expect(describePem(sdk.certificatePem).nodeId).not.toBe(node.nodeId);
  });

  test('the node id is x then y of the JWK', () => {
    const { x = '', y = '' } = new X509Certificate(node.certificatePem).publicKey.export({
      format: 'jwk',
    });
    const hex = (text: string) => Buffer.from(text, 'base64url').toString('hex');
    expect(describePem(node.certificatePem).nodeId).toBe(hex(x) + hex(y));
  });

  test('a certificate with a compressed point has the same node id', () => {
    const der = compressPoint(node.certificatePem, agency.privateKeyPem);
    expect(isSignedBy(der, agency.certificatePem)).toBe(true);
    expect(der.length).toBeLessThan(splitPemChain(node.certificatePem)[0]?.length ?? 0);
    expect(describeCertificate(der).nodeId).toBe(node.nodeId);
    expect(describeCertificate(der).curve).toBe(curve);
  });

  test('authorities say so, leaves of one agency share the issuer name', () => {
    expect(describePem(root.certificatePem).isCa).toBe(true);
    expect(describePem(agency.certificatePem).isCa).toBe(true);
    expect(describePem(sdk.certificatePem).isCa).toBe(false);
    expect(describePem(sdk.certificatePem).issuerName).toBe(
      describePem(node.certificatePem).issuerName,
    );
  });
});

describe('odd certificates', () => {
  const { agency, node } = buildTestChain('p256');
  const changed = (change: Parameters<typeof reissue>[2]) =>
    describeCertificate(reissue(node.certificatePem, agency.privateKeyPem, change));

  test('no names at all give empty common names and no unit', () => {
    const identity = changed((contents) => {
      contents.subject.length = 0;
      contents.issuer.length = 0;
    });
    expect(identity).toMatchObject({
      commonName: '',
      issuerCommonName: '',
      subjectName: '',
      issuerName: '',
    });
    expect(identity).not.toHaveProperty('organizationalUnit');
  });

  test('no extensions: not an authority', () => {
    const identity = changed((contents) => {
      delete contents.extensions;
    });
    expect(identity.isCa).toBe(false);
    expect(identity.nodeId).toBe(node.nodeId);
  });

  test.each([
    ['ed25519', undefined],
    ['rsa', undefined],
    ['P-384', 'P-384'],
  ])('a key of kind %s has no node id', (kind, curve) => {
    const { publicKey } =
      kind === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 1024 })
        : kind === 'ed25519'
          ? generateKeyPairSync('ed25519')
          : generateKeyPairSync('ec', { namedCurve: kind });
    const identity = changed((contents) => {
      contents.subjectPublicKeyInfo = AsnConvert.parse(
        publicKey.export({ format: 'der', type: 'spki' }),
        SubjectPublicKeyInfo,
      );
    });
    expect(identity.nodeId).toBeUndefined();
    expect(identity.curve).toBe(curve);
  });

  test('damaged basic constraints are no certificate', () => {
    expectCode('AMOP_CRYPTO_INVALID_CERTIFICATE', () =>
      changed((contents) => {
        const [constraints] = contents.extensions ?? [];
        if (constraints !== undefined) constraints.extnValue = new OctetString([0x04, 0x01]);
      }),
    );
  });
});

describe('hostile bytes', () => {
  const { node } = buildTestChain('p256');
  const [der = new Uint8Array()] = splitPemChain(node.certificatePem);

  test.each([
    ['none', new Uint8Array()],
    ['PEM instead of DER', new TextEncoder().encode(node.certificatePem)],
    ['cut short', der.subarray(0, -1)],
    ['one byte more', Uint8Array.of(...der, 0)],
    ['two certificates', Uint8Array.of(...der, ...der)],
  ])('%s: refused', (_, bytes) => {
    const details = expectCode('AMOP_CRYPTO_INVALID_CERTIFICATE', () => describeCertificate(bytes));
    expect(details.bytes).toBe(bytes.length);
  });

  test('any changed byte gives an identity or a coded refusal', () => {
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (index, mask) => {
        const bytes = der.map((byte, at) => (at === index ? byte ^ mask : byte));
        try {
          const identity = describeCertificate(bytes);
          expect(identity.fingerprint256).toMatch(/^[0-9a-f]{64}$/);
          expect(identity.validFromMs).not.toBeNaN();
          expect(identity.validToMs).not.toBeNaN();
        } catch (error) {
          expect(error).toBeInstanceOf(CryptoError);
          expect(error).toHaveProperty('code', 'AMOP_CRYPTO_INVALID_CERTIFICATE');
        }
      }),
      { seed: 20261123, numRuns: 1000 },
    );
  });
});

describe.skipIf(!hasOpenssl)('openssl agrees (skipped where it is not installed)', () => {
  let folder: OpensslFolder;
  beforeAll(() => {
    folder = new OpensslFolder();
  });
  afterAll(() => {
    folder.remove();
  });

  test.each(['secp256k1', 'p256'] as const)('node id and serial number of %s', (profile) => {
    const { node } = buildTestChain(profile);
    folder.write('node.crt', node.certificatePem);
    const { stdout: publicPem } = folder.run('x509', '-in', 'node.crt', '-noout', '-pubkey');
    folder.write('node.pub', publicPem);
    const { stdout } = folder.run('pkey', '-pubin', '-in', 'node.pub', '-noout', '-text');
    const point = /pub:([\s0-9a-f:]+)/.exec(stdout)?.[1]?.replace(/[\s:]/g, '');
    expect(point).toBe(`04${node.nodeId}`);
    const { stdout: serial } = folder.run('x509', '-in', 'node.crt', '-noout', '-serial');
    expect(serial.trim()).toBe(`serial=${describePem(node.certificatePem).serialNumber}`);
  });

  test('a certificate that openssl makes with a compressed point', () => {
    folder.run('ecparam', '-name', 'secp256k1', '-genkey', '-noout', '-out', 'plain.key');
    folder.run('ec', '-in', 'plain.key', '-conv_form', 'compressed', '-out', 'short.key');
    const ids = ['plain', 'short'].map((name) => {
      const made = folder.run('req', '-new', '-x509', '-key', `${name}.key`, '-subj', '/CN=x');
      expect(made.stderr).toBe('');
      folder.write(`${name}.crt`, made.stdout);
      const { stdout } = folder.run('x509', '-in', `${name}.crt`, '-noout', '-text');
      expect(/pub:\s+0([234])/.exec(stdout)?.[1] === '4').toBe(name === 'plain');
      return describePem(made.stdout).nodeId;
    });
    expect(ids[0]).toMatch(/^[0-9a-f]{128}$/);
    expect(ids[1]).toBe(ids[0]);
  });
});
