import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPem } from '../../src/certificate/pem.ts';
import { splitPemChain } from '../../src/index.ts';
import { buildTestChain } from '../chain-builder.ts';
import { expectCode } from '../expect-code.ts';

const { root, agency, node } = buildTestChain('p256');

test('a chain is split into its certificates, in order', () => {
  const der = splitPemChain(node.chainPem);
  const single = [node.certificatePem, agency.certificatePem, root.certificatePem];
  expect(der).toEqual(single.map((pem) => Uint8Array.from(new X509Certificate(pem).raw)));
});

test('each certificate has its own plain memory', () => {
  for (const der of splitPemChain(node.chainPem)) {
    expect(Object.getPrototypeOf(der)).toBe(Uint8Array.prototype);
    expect(der.buffer.byteLength).toBe(der.length);
  }
});

test('text around, other blocks and other line ends are passed over', () => {
  const text = `subject=CN = node0\n${node.privateKeyPem}bag\n  ${node.certificatePem}tail`;
  const [expected] = splitPemChain(node.certificatePem);
  for (const pem of [text, text.replaceAll('\n', '\r\n'), text.replaceAll('\n', '\r')]) {
    expect(splitPemChain(pem)).toEqual([expected]);
  }
});

test('the older label X509 CERTIFICATE is understood', () => {
  const pem = node.certificatePem.replaceAll('CERTIFICATE', 'X509 CERTIFICATE');
  expect(splitPemChain(pem)).toEqual(splitPemChain(node.certificatePem));
});

test.each([
  ['no text', '', 'there is no certificate in it'],
  ['a key only', node.privateKeyPem, 'there is no certificate in it'],
  ['no end', node.certificatePem.replace(/-----END.*/, ''), 'is not closed'],
  ['no begin', node.certificatePem.replace(/-----BEGIN.*/, ''), 'but was not opened'],
  ['two begins', node.certificatePem.replace(/-----END.*\n/, '').repeat(2), 'is not closed'],
  ['a begin inside', `-----BEGIN CERTIFICATE-----\n${node.certificatePem}`, 'is not closed'],
  ['an empty block', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----', 'not base64'],
  ['a foreign sign', node.certificatePem.replace(/\nMII/, '\nM*I'), 'not base64'],
  ['a lost digit', node.certificatePem.replace(/\nMII/, '\nMI'), 'not base64'],
])('%s is refused', (_, pem, reason) => {
  const details = expectCode('AMOP_CRYPTO_INVALID_PEM', () => splitPemChain(pem));
  expect(details.reason).toContain(reason);
});

test('any bytes survive writing and splitting, in lines of at most 64 characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
      const pem = formatPem('CERTIFICATE', bytes);
      expect(splitPemChain(pem)).toEqual([Uint8Array.from(bytes)]);
      expect(Math.max(...pem.split('\n').map((line) => line.length))).toBeLessThanOrEqual(64);
    }),
    { seed: 20261123, numRuns: 100 },
  );
});
