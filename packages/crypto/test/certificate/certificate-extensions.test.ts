import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyUsage,
  SubjectKeyIdentifier,
} from '@peculiar/asn1-x509';
import { expect, test } from 'vitest';
import { splitPemChain } from '../../src/index.ts';
import { buildTestChain } from '../chain-builder.ts';

const { root, agency, node, sdk } = buildTestChain('p256');

function extensionsOf({ certificatePem }: { readonly certificatePem: string }) {
  const [der = new Uint8Array()] = splitPemChain(certificatePem);
  const { extensions } = AsnConvert.parse(der, Certificate).tbsCertificate;
  const find = <T>(id: string, type: new () => T): { critical: boolean; value: T } | undefined => {
    const found = extensions?.find(({ extnID }) => extnID === id);
    return found && { critical: found.critical, value: AsnConvert.parse(found.extnValue, type) };
  };
  return {
    constraints: find('2.5.29.19', BasicConstraints),
    usage: find('2.5.29.15', KeyUsage),
    purposes: find('2.5.29.37', ExtendedKeyUsage),
    subjectKeyId: find('2.5.29.14', SubjectKeyIdentifier),
    authorityKeyId: find('2.5.29.35', AuthorityKeyIdentifier),
  };
}

test('authorities are marked as such, critically, and an agency has no authority below', () => {
  const [chain, bank] = [extensionsOf(root), extensionsOf(agency)];
  expect(chain.constraints).toMatchObject({ critical: true, value: { cA: true } });
  expect(chain.constraints?.value.pathLenConstraint).toBeUndefined();
  expect(bank.constraints).toMatchObject({
    critical: true,
    value: { cA: true, pathLenConstraint: 0 },
  });
});

test('a leaf has basic constraints and is no authority', () => {
  for (const leaf of [node, sdk]) {
    expect(extensionsOf(leaf).constraints).toMatchObject({ critical: true, value: { cA: false } });
  }
});

test('authorities sign certificates and lists, leaves sign handshakes', () => {
  const usage = [root, agency, node, sdk].map((holder) => extensionsOf(holder).usage);
  expect(usage.map((entry) => entry?.critical)).toEqual([true, true, true, true]);
  expect(usage.map((entry) => entry?.value.toJSON())).toEqual([
    ['crlSign', 'keyCertSign'],
    ['crlSign', 'keyCertSign'],
    ['digitalSignature'],
    ['digitalSignature'],
  ]);
});

test('a node may be either side of TLS, an application only the client', () => {
  expect(extensionsOf(root).purposes).toBeUndefined();
  expect(extensionsOf(agency).purposes).toBeUndefined();
  expect([...(extensionsOf(node).purposes?.value ?? [])]).toEqual([
    id_kp_serverAuth,
    id_kp_clientAuth,
  ]);
  expect([...(extensionsOf(sdk).purposes?.value ?? [])]).toEqual([id_kp_clientAuth]);
});

test('each certificate names the key of its issuer', () => {
  const hex = (bytes: ArrayBuffer | undefined) =>
    Buffer.from(new Uint8Array(bytes ?? new ArrayBuffer(0))).toString('hex');
  const subjectKeyId = (holder: typeof root) =>
    hex(extensionsOf(holder).subjectKeyId?.value.buffer);
  const authorityKeyId = (holder: typeof root) =>
    hex(extensionsOf(holder).authorityKeyId?.value.keyIdentifier?.buffer);
  expect(subjectKeyId(node)).toMatch(/^[0-9a-f]{40}$/);
  expect(authorityKeyId(node)).toBe(subjectKeyId(agency));
  expect(authorityKeyId(agency)).toBe(subjectKeyId(root));
  expect(authorityKeyId(root)).toBe(subjectKeyId(root));
  expect(new Set([root, agency, node, sdk].map(subjectKeyId)).size).toBe(4);
});
