import { encryptPrivateKeyPem } from '@amop/crypto';
import { describe, expect, test } from 'vitest';
import { checkAgency, issuerOf } from '../../../src/certs/check/agency.ts';
import { checkAuthority, checkLeaf } from '../../../src/certs/check/check-certificates.ts';
import type { Finding } from '../../../src/certs/check/finding.ts';
import type { CheckedCertificate, LeafMaterial } from '../../../src/certs/check/material.ts';
import { certificateDependencies } from '../../../src/certs/issue.ts';
import { checkedOf, nodeMaterial, sdkMaterial, testChain } from './materials.ts';

const DAY_MS = 86_400_000;
const nowMs = Date.now();
const chain = testChain();
const other = testChain();

function codesOf(findings: readonly Finding[]): string[] {
  for (const { fix, message, path } of findings) {
    for (const text of [fix, message, path]) expect(text).toMatch(/^[^\n]+[^\n.]$/);
  }
  return findings.map(({ code }) => code);
}

function check(material: LeafMaterial, atMs = nowMs): string[] {
  return codesOf(checkLeaf(material, atMs));
}

/** What a node shows to applications. */
function shown(node: LeafMaterial): { readonly path: string; readonly issuerName: string } {
  return { path: node.path, issuerName: issuerOf(node) };
}

/** The first certificate with another identity: shapes that our makers never write. */
function changed(
  pem: string,
  change: Partial<CheckedCertificate['identity']>,
): CheckedCertificate[] {
  const [first, ...rest] = checkedOf(pem);
  if (first === undefined) throw new Error('no certificate');
  return [{ ...first, identity: { ...first.identity, ...change } }, ...rest];
}

test('sound folders: nothing', () => {
  expect(check(nodeMaterial(chain))).toEqual([]);
  expect(check(sdkMaterial(chain))).toEqual([]);
});

describe('the chain', () => {
  test('no ca.crt, that of another network, a leaf alone', () => {
    const { ca: _, ...alone } = nodeMaterial(chain);
    expect(check(alone)).toEqual(['no-ca']);
    const foreign = { path: 'conf/ca.crt', certificates: checkedOf(other.root.certificatePem) };
    expect(check(nodeMaterial(chain, { ca: foreign }))).toEqual(['foreign-ca']);
    const bare = nodeMaterial(chain, { chain: checkedOf(chain.node.certificatePem) });
    expect(check(bare)).toEqual(['incomplete-chain']);
    expect(checkLeaf(bare, nowMs)[0]?.message).toMatch(
      /issued by "CN=bankA, .*neither in the file/,
    );
  });

  test('the order above the leaf does not count', () => {
    const [first, ...above] = checkedOf(chain.node.chainPem);
    const turned = first === undefined ? [] : [first, ...above.reverse()];
    expect(check(nodeMaterial(chain, { chain: turned }))).toEqual([]);
  });

  test('an agency in ca.crt: OpenSSL wants the root as well', () => {
    const leaf = checkedOf(chain.node.certificatePem);
    const agency = checkedOf(chain.agency.certificatePem);
    const root = checkedOf(chain.root.certificatePem);
    const withCa = (certificates: readonly CheckedCertificate[]) =>
      nodeMaterial(chain, { chain: leaf, ca: { path: 'conf/ca.crt', certificates } });
    expect(check(withCa(agency))).toEqual(['incomplete-chain']);
    expect(checkLeaf(withCa(agency), nowMs)[0]?.fix).toContain("put the root's certificate");
    expect(check(withCa([...agency, ...root]))).toEqual([]);
    const whole = { ...withCa(agency), chain: checkedOf(chain.node.chainPem) };
    expect(check(whole)).toEqual(['foreign-ca']);
  });

  test('an authority in place of the leaf', () => {
    const turned = nodeMaterial(chain, { chain: checkedOf(chain.node.chainPem).reverse() });
    expect(check(turned)).toEqual(['authority-as-leaf']);
  });

  test('issuers without BasicConstraints, and with CA:FALSE', () => {
    const [leaf] = checkedOf(chain.node.chainPem);
    if (leaf === undefined) throw new Error('no leaf');
    const without = { isCa: false, hasBasicConstraints: false };
    const bareAgency = [leaf, ...changed(chain.agency.certificatePem, without)];
    expect(check(nodeMaterial(chain, { chain: bareAgency }))).toEqual(['no-basic-constraints']);
    const bareRoot = changed(chain.root.certificatePem, without);
    expect(check(nodeMaterial(chain, { ca: { path: 'ca.crt', certificates: bareRoot } }))).toEqual([
      'bare-root',
    ]);
    const denied = [leaf, ...changed(chain.agency.certificatePem, { isCa: false })];
    expect(check(nodeMaterial(chain, { chain: denied }))).toEqual(['not-an-authority']);
  });
});

describe('validity', () => {
  test('ended, ends soon, begins later: of the leaf', () => {
    const material = nodeMaterial(chain);
    expect(check(material, nowMs + 366 * DAY_MS)).toEqual(['expired']);
    expect(check(material, nowMs + 340 * DAY_MS)).toEqual(['ends-soon']);
    expect(check(material, nowMs + 300 * DAY_MS)).toEqual([]);
    const early = check(material, nowMs - DAY_MS);
    expect(early).toEqual(['not-yet-valid', 'not-yet-valid', 'not-yet-valid']);
  });

  test('of an authority above: the fix is another one', () => {
    const ended = { validToMs: nowMs - DAY_MS };
    const [leaf] = checkedOf(chain.node.chainPem);
    if (leaf === undefined) throw new Error('no leaf');
    const old = [leaf, ...changed(chain.agency.certificatePem, ended)];
    const findings = checkLeaf(nodeMaterial(chain, { chain: old }), nowMs);
    expect(findings).toMatchObject([
      { code: 'expired', subject: expect.stringContaining('bankA') },
    ]);
    expect(findings[0]?.fix).toContain('renew the authority');
  });
});

describe('the key', () => {
  const path = 'conf/node.key';
  test.each<[string, Partial<LeafMaterial>]>([
    ['other-key', { key: { path, text: chain.sdk.privateKeyPem } }],
    ['broken-key', { key: { path, text: 'no key' } }],
    ['open-key', { key: { path, text: chain.node.privateKeyPem, mode: 0o100640 } }],
    ['locked-key', { key: { path, text: encryptPrivateKeyPem(chain.node.privateKeyPem, 'x') } }],
  ])('%s', (code, change) => {
    expect(check(nodeMaterial(chain, change))).toEqual(
      code === 'open-key' && process.platform === 'win32' ? [] : [code],
    );
  });

  test('none beside it; an encrypted one with its passphrase and with another', () => {
    const { key: _, ...alone } = nodeMaterial(chain);
    expect(check(alone)).toEqual(['no-key']);
    const key = { path, text: encryptPrivateKeyPem(chain.node.privateKeyPem, 'x') };
    expect(check(nodeMaterial(chain, { key, passphrase: 'x' }))).toEqual([]);
    const wrong = checkLeaf(nodeMaterial(chain, { key, passphrase: 'y' }), nowMs);
    expect(wrong[0]?.message).toBe('it is encrypted, and the passphrase does not open it');
  });
});

describe('the place', () => {
  test('the certificate of an application as that of a node, and the other way round', () => {
    const { certificates } = { certificates: checkedOf(chain.sdk.chainPem) };
    const key = { path: 'conf/node.key', text: chain.sdk.privateKeyPem };
    const { nodeIdFile: _, ...node } = nodeMaterial(chain, { chain: certificates, key });
    expect(check(node)).toEqual(['wrong-place']);
    const sdk = sdkMaterial(chain, {
      chain: checkedOf(chain.node.chainPem),
      key: { path: 'sdk/sdk.key', text: chain.node.privateKeyPem },
    });
    expect(check(sdk)).toEqual(['node-as-application']);
  });

  test('a certificate that the server side of TLS may not show', () => {
    const [leaf, ...above] = checkedOf(chain.node.chainPem);
    if (leaf === undefined) throw new Error('no leaf');
    const purposes = ['1.3.6.1.5.5.7.3.2'];
    const client = nodeMaterial(chain, { chain: [{ ...leaf, purposes }, ...above] });
    expect(check(client)).toEqual(['wrong-purpose']);
    const any = nodeMaterial(chain, { chain: [{ ...leaf, purposes: undefined }, ...above] });
    expect(check(any)).toEqual([]);
  });

  test('another OU, no BasicConstraints, another node ID', () => {
    const unit = changed(chain.node.chainPem, { organizationalUnit: 'chain' });
    expect(check(nodeMaterial(chain, { chain: unit }))).toEqual(['no-role']);
    const bare = changed(chain.node.chainPem, { hasBasicConstraints: false });
    expect(check(nodeMaterial(chain, { chain: bare }))).toEqual(['bare-leaf']);
    const nodeIdFile = { path: 'conf/node.nodeid', text: other.node.nodeId };
    const findings = checkLeaf(nodeMaterial(chain, { nodeIdFile }), nowMs);
    expect(findings).toMatchObject([
      { code: 'other-node-id', fix: `write ${chain.node.nodeId} into it` },
    ]);
  });
});

test('applications of another agency than the node', () => {
  expect(checkAgency(shown(nodeMaterial(chain)), sdkMaterial(chain))).toEqual([]);
  const findings = checkAgency(shown(nodeMaterial(chain)), sdkMaterial(other));
  expect(codesOf(findings)).toEqual(['other-agency']);
  expect(findings[0]).toMatchObject({ severity: 'error', path: 'sdk/sdk.crt' });
});

test('an authority: its own validity and key, no key is fine', () => {
  const path = 'cert/bankA/agency.crt';
  const kind = 'authority';
  const certificates = checkedOf(chain.agency.certificatePem);
  expect(checkAuthority({ path, kind, chain: certificates }, nowMs)).toEqual([]);
  const key = { path: 'cert/bankA/agency.key', text: chain.root.privateKeyPem };
  const late = certificateDependencies().nowMs + 40_000 * DAY_MS;
  expect(codesOf(checkAuthority({ path, kind, chain: certificates, key }, late))).toEqual([
    'expired',
    'other-key',
  ]);
});
