import { randomBytes } from 'node:crypto';
import {
  type CertificateDependencies,
  type CertificateProfile,
  type CertificateWithKey,
  createAgencyCa,
  createChainCa,
  createLeaf,
  type LeafCertificate,
} from '../src/index.ts';

/** A root, an agency below it, a node and an application of that agency. */
export interface TestChain {
  readonly root: CertificateWithKey;
  readonly agency: CertificateWithKey;
  readonly node: LeafCertificate;
  readonly sdk: LeafCertificate;
}

/** The real clock and the real random source: certificates that TLS accepts today. */
export function testDependencies(nowMs: number = Date.now()): CertificateDependencies {
  return { nowMs, randomBytes: (count) => Uint8Array.from(randomBytes(count)) };
}

/** Makes a whole chain of one profile; nothing is shared between two calls. */
export function buildTestChain(profile: CertificateProfile, agencyName = 'bankA'): TestChain {
  const dependencies = testDependencies();
  const root = createChainCa({ profile }, dependencies);
  const agency = createAgencyCa({ agency: agencyName, issuer: root, profile }, dependencies);
  const below = { issuer: agency, root };
  return {
    root,
    agency,
    node: createLeaf({ kind: 'node', commonName: 'node0', ...below }, dependencies),
    sdk: createLeaf({ kind: 'sdk', commonName: 'sdk', ...below }, dependencies),
  };
}
