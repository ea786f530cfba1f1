import {
  CRLDistributionPoints,
  IssuingDistributionPoint,
  id_ce_authorityKeyIdentifier,
  id_ce_deltaCRLIndicator,
  id_ce_issuingDistributionPoint,
} from '@peculiar/asn1-x509';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPem } from '../../src/certificate/pem.ts';
import {
  CryptoError,
  describeCertificate,
  isRevoked,
  parseRevocationLists,
  splitPemChain,
} from '../../src/index.ts';
import { buildTestChain } from '../chain-builder.ts';
import { expectCode } from '../expect-code.ts';
import { extension, writeList } from './list-writer.ts';

const { agency, node, root, sdk } = buildTestChain('secp256k1');
const identity = describePem(node.certificatePem);
const serial = Uint8Array.from(Buffer.from(identity.serialNumber, 'hex'));

function describePem(pem: string) {
  return describeCertificate(splitPemChain(pem)[0] ?? new Uint8Array());
}

function reasonOf(pem: string): string {
  return expectCode('AMOP_CRYPTO_INVALID_REVOCATION_LIST', () => parseRevocationLists(pem)).reason;
}

test('a list tells its authority, its time and the serial numbers', () => {
  const keyId = Uint8Array.from(Buffer.from(identity.issuerKeyId ?? '', 'hex'));
  const pem = writeList(agency, { serials: [serial], thisUpdateMs: 5000, issuerKeyId: keyId });
  expect(parseRevocationLists(pem)).toMatchObject([
    {
      issuerName: identity.issuerName,
      issuerKeyId: identity.issuerKeyId,
      thisUpdateMs: 5000,
      nextUpdateMs: 9000,
      serialNumbers: new Set([identity.serialNumber]),
    },
  ]);
});

test('several lists in one text, with certificates between them, keep their order', () => {
  const text = `# lists\n${writeList(agency)}${agency.certificatePem}${writeList(root)}`;
  expect(parseRevocationLists(text).map(({ issuerName }) => issuerName)).toEqual([
    identity.issuerName,
    describePem(root.certificatePem).subjectName,
  ]);
});

test.each([
  ['version 1', { isFirstVersion: true }],
  ['version 2 without extensions', {}],
  ['extensions of the list', { issuerKeyId: Uint8Array.of(1) }],
  [
    'extensions of the entries',
    { entryExtensions: [extension('1.2.3', false, Uint8Array.of(5, 0))] },
  ],
  ['times after 2049', { thisUpdateMs: Date.UTC(2051, 0), nextUpdateMs: Date.UTC(2052, 0) }],
])('no entry is lost: %s', (_shape, options) => {
  const serials = [serial, Uint8Array.of(5), Uint8Array.of(0, 200)];
  const [list] = parseRevocationLists(writeList(agency, { ...options, serials }));
  expect([...(list?.serialNumbers ?? [])]).toEqual([identity.serialNumber, '05', 'C8']);
  const [empty] = parseRevocationLists(writeList(agency, options));
  expect(empty?.serialNumbers.size).toBe(0);
});

test('a long list is read: the limit of the ASN.1 reader does not count', () => {
  const serials = Array.from({ length: 4000 }, (_, index) => Uint8Array.of(1, index >> 8, index));
  const [list] = parseRevocationLists(writeList(agency, { serials }));
  expect(list?.serialNumbers.size).toBe(4000);
});

describe('isRevoked', () => {
  const lists = parseRevocationLists(writeList(agency, { serials: [serial] }));

  test('the certificate on the list, and no other of the authority', () => {
    expect(isRevoked(identity, lists)).toBe(true);
    expect(isRevoked(describePem(sdk.certificatePem), lists)).toBe(false);
    expect(isRevoked(identity, [])).toBe(false);
  });

  test('the same serial number of another authority is another certificate', () => {
    const other = parseRevocationLists(writeList(root, { serials: [serial] }));
    expect(isRevoked(identity, other)).toBe(false);
    expect(isRevoked(identity, [...other, ...lists])).toBe(true);
  });

  test('an authority of the same name with another key is another authority', () => {
    const pem = writeList(agency, { serials: [serial], issuerKeyId: Uint8Array.of(1, 2, 3) });
    const other = parseRevocationLists(pem);
    expect(isRevoked(identity, other)).toBe(false);
    const { issuerName, serialNumber } = identity;
    expect(isRevoked({ issuerName, serialNumber }, other)).toBe(true);
  });
});

describe('refused lists', () => {
  test('a text without a list, an open block, no base64, no DER, bytes after the list', () => {
    expect(reasonOf('')).toBe('there is no X509 CRL block in it');
    expect(reasonOf(agency.certificatePem)).toBe('there is no X509 CRL block in it');
    expect(reasonOf('-----BEGIN X509 CRL-----\nAAAA')).toContain('is not closed');
    const block = (text: string) => `-----BEGIN X509 CRL-----\n${text}\n-----END X509 CRL-----\n`;
    expect(reasonOf(block('*'))).toContain('not base64');
    expect(reasonOf(block('AAAA'))).toContain('not a revocation list in DER');
    const [certificate = new Uint8Array()] = splitPemChain(agency.certificatePem);
    expect(reasonOf(formatPem('X509 CRL', certificate))).toContain('not a revocation list in DER');
  });

  test('a delta list, an indirect one, one with an unknown critical extension', () => {
    const delta = extension(id_ce_deltaCRLIndicator, true, Uint8Array.of(2, 1, 1));
    expect(reasonOf(writeList(agency, { extensions: [delta] }))).toContain('delta');
    const scope = new IssuingDistributionPoint({ indirectCRL: true });
    const indirect = extension(id_ce_issuingDistributionPoint, true, scope);
    expect(reasonOf(writeList(agency, { extensions: [indirect] }))).toContain('(indirect)');
    const unknown = extension('1.2.3.4', true, Uint8Array.of(5, 0));
    expect(reasonOf(writeList(agency, { extensions: [unknown] }))).toContain('1.2.3.4');
    const entry = { serials: [serial], entryExtensions: [unknown] };
    expect(reasonOf(writeList(agency, entry))).toContain('entry');
  });

  test('a list that does not say until when it counts', () => {
    const pem = writeList(agency, { serials: [serial], nextUpdateMs: 'none' });
    expect(reasonOf(pem)).toContain('when the next one is due');
  });

  test('extensions that cannot be read', () => {
    const broken = Uint8Array.of(4, 0);
    for (const id of [id_ce_issuingDistributionPoint, id_ce_authorityKeyIdentifier]) {
      const pem = writeList(agency, { extensions: [extension(id, true, broken)] });
      expect(reasonOf(pem)).toContain('cannot be read');
    }
  });

  test('a list of one scope, and extensions that are not critical, are read', () => {
    const scope = new IssuingDistributionPoint({ onlyContainsUserCerts: true });
    const extensions = [
      extension(id_ce_issuingDistributionPoint, true, scope),
      extension('2.5.29.31', false, new CRLDistributionPoints()),
    ];
    const [list] = parseRevocationLists(writeList(agency, { extensions, serials: [serial] }));
    expect(list?.serialNumbers.size).toBe(1);
  });

  test('any type in the place of another ends in an error of this package or in a list', () => {
    const [der = ''] = /MI[^-]+/.exec(writeList(agency, { serials: [serial] })) ?? [];
    const bytes = Buffer.from(der, 'base64');
    const types = [
      0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x17, 0x30, 0x31, 0xa0,
    ];
    for (let place = 0; place < bytes.length; place++) {
      for (const type of types) {
        const damaged = Uint8Array.from(bytes);
        damaged[place] = type;
        try {
          parseRevocationLists(formatPem('X509 CRL', damaged));
        } catch (error) {
          expect(error, `${type} at ${place}`).toBeInstanceOf(CryptoError);
        }
      }
    }
  });

  test('any damage to the bytes ends in an error of this package or in a list', () => {
    const [der = ''] = /MI[^-]+/.exec(writeList(agency, { serials: [serial] })) ?? [];
    const bytes = Buffer.from(der, 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (place, value) => {
        const damaged = Uint8Array.from(bytes);
        damaged[place] = value;
        try {
          parseRevocationLists(formatPem('X509 CRL', damaged));
        } catch (error) {
          expect(error).toBeInstanceOf(CryptoError);
        }
      }),
    );
  });
});
