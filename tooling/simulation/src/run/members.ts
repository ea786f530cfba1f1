import { describeCertificate, splitPemChain } from '@amop/crypto';
import type { PeerIdentity } from '@amop/ports';
import { createTestChain, type TestCredentials } from '@amop/testkit/memory';

/** Most nodes of one run, originals included. */
const MEMBERS = 6;

const AFTER_CERTIFICATE = /(?<=-----END CERTIFICATE-----)/;

/** Who a node is. */
export interface MemberCredentials {
  readonly credentials: TestCredentials;
  /** 128 lower-case hex digits. */
  readonly nodeId: string;
  /** What other nodes see of it. */
  readonly identity: Partial<PeerIdentity>;
}

let members: readonly MemberCredentials[] | undefined;

/**
 * Certificates for nodes, in the order of their node IDs: keys are new in each process, but which of two IDs is the
 * smaller one follows from the place, so that a seed does the same everywhere.
 */
export function nodeMembers(): readonly MemberCredentials[] {
  members ??= makeMembers();
  return members;
}

function makeMembers(): MemberCredentials[] {
  const chain = createTestChain();
  return Array.from({ length: MEMBERS }, (_, index) => {
    const credentials = chain.node('agency', `node${index}`);
    const [leaf] = splitPemChain(credentials.certificate);
    if (leaf === undefined) throw new Error('a certificate without a leaf');
    const identity: Partial<PeerIdentity> = describeCertificate(leaf);
    // The leaf alone: reading the others at each start would take a tenth of the time of a run.
    const [certificate = ''] = credentials.certificate.split(AFTER_CERTIFICATE);
    return { credentials: { ...credentials, certificate }, nodeId: credentials.nodeId, identity };
  }).sort((one, other) => (one.nodeId < other.nodeId ? -1 : 1));
}
