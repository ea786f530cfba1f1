import { randomBytes } from 'node:crypto';
import { createAgencyCa, createChainCa, createLeaf } from '@amop/crypto';
import { describe, expect, it } from 'vitest';
import { checkValidity } from '../../src/config/check-validity.ts';
import type { Credentials } from '../../src/index.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 1);
const at = (nowMs: number) => ({ nowMs, randomBytes });

/** Root, agency and leaf, each valid from 1 January for so many days. */
function chainOf(rootDays: number, agencyDays: number, leafDays: number): Credentials {
  const profile = 'p256';
  const root = createChainCa({ profile, validityDays: rootDays }, at(START_MS));
  const agency = { agency: 'bankA', issuer: root, validityDays: agencyDays };
  const issuer = createAgencyCa(agency, at(START_MS));
  const leaf = { kind: 'node', commonName: 'node0', issuer, root, validityDays: leafDays } as const;
  const { chainPem, privateKeyPem } = createLeaf(leaf, at(START_MS));
  const files = { ca: 'conf/ca.crt', certificate: 'conf/node.crt', key: 'conf/node.key' };
  return { ca: root.certificatePem, certificate: chainPem, key: privateKeyPem, files };
}

function faultAfter(days: number, credentials: Credentials): string | undefined {
  try {
    checkValidity(credentials, START_MS + days * DAY_MS);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return undefined;
}

describe('checkValidity', () => {
  it('takes what is valid today', () => {
    expect(faultAfter(5, chainOf(10, 10, 10))).toBeUndefined();
  });

  it.each([
    [chainOf(90, 90, 10), 'CN=node0'],
    [chainOf(90, 10, 90), 'CN=bankA'],
    [chainOf(10, 90, 90), 'CN=chain'],
  ])('names the certificate that has expired, wherever in the chain: %#', (credentials, name) => {
    const fault = faultAfter(30, credentials);
    expect(fault).toContain('conf/node.crt: ');
    expect(fault).toContain(name);
    expect(fault).toContain('has expired on 2026-01-1');
  });

  it('says that one is not valid yet, and what the clock says', () => {
    const credentials = chainOf(10, 10, 10);
    expect(faultAfter(-30, credentials)).toMatch(/is not valid before 202[56]-/);
    expect(() => checkValidity(credentials, START_MS - 30 * DAY_MS)).toThrow(
      expect.objectContaining({
        code: 'AMOP_NODE_CREDENTIALS',
        details: { file: 'conf/node.crt', fix: expect.stringContaining('2025-12-02') },
      }),
    );
  });

  it('does not look at a root that others are trusted by', () => {
    const [own, old] = [chainOf(90, 90, 90), chainOf(10, 10, 10)];
    expect(faultAfter(30, { ...own, ca: `${old.ca}${own.ca}` })).toBeUndefined();
  });
});
