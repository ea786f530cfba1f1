import { X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import { describe, expect, test } from 'vitest';
import { createChainCa, describeCertificate, splitPemChain } from '../../src/index.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 23, 12, 0, 0, 789);

function createRoot(options: { nowMs?: number; byte?: number; validityDays?: number }): Uint8Array {
  const { nowMs = NOW_MS, byte = 1, validityDays = 36_500 } = options;
  const randomBytes = (count: number) => new Uint8Array(count).fill(byte);
  const root = createChainCa({ profile: 'p256', validityDays }, { nowMs, randomBytes });
  return splitPemChain(root.certificatePem)[0] ?? new Uint8Array();
}

test('validity begins an hour before now and lasts 36500 days', () => {
  const { validFromMs, validToMs } = describeCertificate(createRoot({}));
  expect(validFromMs).toBe(Math.floor((NOW_MS - HOUR_MS) / 1000) * 1000);
  expect(validToMs - validFromMs).toBe(36_500 * DAY_MS);
});

test('validity may be shorter', () => {
  const { validFromMs, validToMs } = describeCertificate(createRoot({ validityDays: 1 }));
  expect(validToMs - validFromMs).toBe(DAY_MS);
});

test('dates up to 2049 are UTCTime, later ones GeneralizedTime', () => {
  const { validity } = AsnConvert.parse(createRoot({}), Certificate).tbsCertificate;
  expect(validity.notBefore.utcTime).toBeInstanceOf(Date);
  expect(validity.notAfter.generalTime).toBeInstanceOf(Date);
  const x509 = new X509Certificate(createRoot({}));
  expect(Date.parse(x509.validTo)).toBe(validity.notAfter.getTime().getTime());
});

describe.each([0x00, 0x3f, 0x40, 0x7f, 0x80, 0xff])('random bytes all %i', (byte) => {
  test('the serial number is positive, not zero and has 16 bytes', () => {
    const serial = new X509Certificate(createRoot({ byte })).serialNumber;
    expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
  });
});

test('the caller keeps its random bytes', () => {
  const shared = new Uint8Array(16).fill(0xff);
  createChainCa({ profile: 'p256' }, { nowMs: NOW_MS, randomBytes: () => shared });
  expect(shared).toEqual(new Uint8Array(16).fill(0xff));
});
