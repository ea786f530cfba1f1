import {
  type CertificateProfile,
  type CertificateWithKey,
  createAgencyCa,
  createChainCa,
  createLeaf,
} from '@amop/crypto';
import { systemClock, systemRandom, type TlsCredentials } from '@amop/ports/system';

/** What {@link createTestChain} may be told. */
export interface TestChainOptions {
  /** Kind of keys. Default `p256`. */
  readonly profile?: CertificateProfile;
}

/** Credentials of one member of a chain. */
export interface TestCredentials extends TlsCredentials {
  /** 128 lower-case hex digits of its public key. */
  readonly nodeId: string;
}

/** A chain of certificates that lives as long as a test. */
export interface TestChain {
  /** Certificate of the root, PEM. */
  readonly ca: string;
  /** Kind of keys. */
  readonly profile: CertificateProfile;
  /** Makes the credentials of a node: `CN=<name>, OU=node`, issued by the agency. */
  node(agency: string, name?: string): TestCredentials;
  /** Makes the credentials of an application: `CN=sdk, OU=sdk`, issued by the agency. */
  sdk(agency: string): TestCredentials;
}

/** Makes a chain with its root; agencies come into being when they are first named. */
export function createTestChain(options: TestChainOptions = {}): TestChain {
  const profile = options.profile ?? 'p256';
  // The real clock, for TLS looks at the dates.
  const dependencies = {
    nowMs: systemClock.wallMs(),
    randomBytes: (count: number) => systemRandom.bytes(count),
  };
  const root = createChainCa({ profile }, dependencies);
  const agencies = new Map<string, CertificateWithKey>();

  const agencyOf = (agency: string): CertificateWithKey => {
    const known = agencies.get(agency);
    if (known !== undefined) return known;
    const made = createAgencyCa({ agency, issuer: root }, dependencies);
    agencies.set(agency, made);
    return made;
  };
  const leaf = (kind: 'node' | 'sdk', agency: string, commonName: string): TestCredentials => {
    const issuer = agencyOf(agency);
    const made = createLeaf({ kind, commonName, issuer, root }, dependencies);
    return {
      ca: root.certificatePem,
      certificate: made.chainPem,
      key: made.privateKeyPem,
      nodeId: made.nodeId,
    };
  };
  return {
    ca: root.certificatePem,
    profile,
    node: (agency, name = 'node0') => leaf('node', agency, name),
    sdk: (agency) => leaf('sdk', agency, 'sdk'),
  };
}
