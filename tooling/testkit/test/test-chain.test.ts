import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { createTestChain } from '../src/index.ts';

test.each(['p256', 'secp256k1'] as const)('makes credentials below one root (%s)', (profile) => {
  const chain = createTestChain({ profile });
  const node = chain.node('bankA', 'node3');
  const sdk = chain.sdk('bankA');
  expect(new X509Certificate(node.certificate).subject).toContain('CN=node3');
  expect(new X509Certificate(sdk.certificate).issuer).toBe(
    new X509Certificate(node.certificate).issuer,
  );
  expect([node.ca, sdk.ca]).toEqual([chain.ca, chain.ca]);
  expect(node.nodeId).toMatch(/^[0-9a-f]{128}$/);
  expect(chain.node('bankA').nodeId).not.toBe(node.nodeId);
});

test('two chains are two, also when they are made in one moment', () => {
  const [first, second] = [createTestChain(), createTestChain()];
  const subjects = [first.ca, second.ca].map((pem) => new X509Certificate(pem).subject);
  expect(subjects[0]).not.toBe(subjects[1]);
});
