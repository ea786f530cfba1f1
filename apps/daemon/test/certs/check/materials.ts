import {
  type CertificateDependencies,
  type CertificateWithKey,
  createAgencyCa,
  createChainCa,
  createLeaf,
  type LeafCertificate,
  splitPemChain,
} from '@amop/crypto';
import { type LeafMaterial, toChecked } from '../../../src/certs/check/material.ts';
import { certificateDependencies } from '../../../src/certs/issue.ts';

/** A chain whose parts a test puts together as it likes. */
export interface TestChain {
  readonly root: CertificateWithKey;
  readonly agency: CertificateWithKey;
  readonly node: LeafCertificate;
  readonly sdk: LeafCertificate;
}

export function testChain(
  dependencies: CertificateDependencies = certificateDependencies(),
  validityDays = 365,
): TestChain {
  const root = createChainCa({ profile: 'p256' }, dependencies);
  const agency = createAgencyCa({ agency: 'bankA', issuer: root }, dependencies);
  const leaf = { issuer: agency, root, validityDays };
  return {
    root,
    agency,
    node: createLeaf({ kind: 'node', commonName: 'node0', ...leaf }, dependencies),
    sdk: createLeaf({ kind: 'sdk', commonName: 'sdk', ...leaf }, dependencies),
  };
}

/** The folder of a node as the checks see it: sound, unless something is put in its place. */
export function nodeMaterial(chain: TestChain, change: Partial<LeafMaterial> = {}): LeafMaterial {
  return {
    path: 'conf/node.crt',
    kind: 'node',
    chain: checkedOf(chain.node.chainPem),
    ca: { path: 'conf/ca.crt', certificates: checkedOf(chain.root.certificatePem) },
    key: { path: 'conf/node.key', text: chain.node.privateKeyPem, mode: 0o100600 },
    nodeIdFile: { path: 'conf/node.nodeid', text: `${chain.node.nodeId}\n` },
    ...change,
  };
}

/** The same of applications. */
export function sdkMaterial(chain: TestChain, change: Partial<LeafMaterial> = {}): LeafMaterial {
  return {
    path: 'sdk/sdk.crt',
    kind: 'sdk',
    chain: checkedOf(chain.sdk.chainPem),
    ca: { path: 'sdk/ca.crt', certificates: checkedOf(chain.root.certificatePem) },
    key: { path: 'sdk/sdk.key', text: chain.sdk.privateKeyPem, mode: 0o100600 },
    ...change,
  };
}

export function checkedOf(pem: string) {
  return splitPemChain(pem).map(toChecked);
}
