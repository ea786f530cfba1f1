import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { formatSerialNumber } from '../../src/revocation/serial-number.ts';
import { reissue } from '../certificate/certificate-variants.ts';
import { buildTestChain } from '../chain-builder.ts';

const { agency, node } = buildTestChain('p256');

test.each([
  [[0x01], '01'],
  [[0x7f, 0x00], '7F00'],
  [[0x00, 0x80], '80'],
  [[0x0a, 0xbc, 0xde], '0ABCDE'],
  [[0x00], '0'],
  [[0xff], '-01'],
  [[0x80, 0x01], '-7FFF'],
])('%j is %s, as Node.js prints it', (bytes, text) => {
  expect(formatSerialNumber(Uint8Array.from(bytes))).toBe(text);
  const der = reissue(node.certificatePem, agency.privateKeyPem, (contents) => {
    contents.serialNumber = Uint8Array.from(bytes).buffer;
  });
  expect(new X509Certificate(der).serialNumber).toBe(text);
});
