import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { CRYPTO_ERROR_SUMMARIES, describeCertificate, splitPemChain } from '../src/index.ts';
import { buildTestChain } from './chain-builder.ts';
import { writeList } from './revocation/list-writer.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const folder = new URL('./example/', import.meta.url);

afterEach(() => {
  vi.restoreAllMocks();
});

test('every example of the README is one of the files that are type-checked and run here', () => {
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]);
  const files = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  expect(new Set(blocks)).toEqual(new Set(files));
});

test('the example that issues certificates prints the chain', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await import('./example/issue-certificates.ts');
  const lines = write.mock.calls.map(([text]) => `${text}`);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^CN=node0, O=fisco-bcos, OU=node: [0-9a-f]{8}\.\.\.\n$/);
});

test('the example for the channel port prints leaf and root', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await import('./example/issue-channel-certificates.ts');
  expect(`${write.mock.calls[0]?.[0]}`.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
});

test('the example that asks for revocation finds the certificate on the list', async () => {
  const { isChainRevoked } = await import('./example/ask-revocation.ts');
  const { agency, node, sdk } = buildTestChain('p256');
  const [der = new Uint8Array()] = splitPemChain(node.certificatePem);
  const serial = Buffer.from(describeCertificate(der).serialNumber, 'hex');
  const list = writeList(agency, { serials: [serial], nextUpdateMs: Date.now() + 60_000 });
  expect(isChainRevoked(node.chainPem, list, agency.certificatePem)).toBe(true);
  expect(isChainRevoked(sdk.chainPem, list, agency.certificatePem)).toBe(false);
});

test('the example that answers a challenge prints the verdict', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await import('./example/answer-challenge.ts');
  expect(write.mock.calls).toEqual([['true\n']]);
});

test('the README names every error code', () => {
  for (const code of Object.keys(CRYPTO_ERROR_SUMMARIES)) expect(readme).toContain(`\`${code}\``);
});
