import { describeCertificate, splitPemChain } from '@amop/crypto';
import { type Credentials, type HostPort, nodeIdOf, transportOf } from '@amop/node';
import type { PeerIdentity } from '@amop/ports';
import { reachable } from '../folder/own-address.ts';

const TIMEOUT_MS = 2_000;

/** Who listens on a port: the node of the folder itself, a node or another program with a certificate, or nobody knows. */
export type Holder =
  | { readonly kind: 'self' }
  | { readonly kind: 'other'; readonly identity: PeerIdentity }
  | { readonly kind: 'unknown' };

/** Asks who has a port of this machine, with the certificate that the node has for it. */
export async function holderOf(
  at: HostPort,
  port: 'channel' | 'p2p',
  credentials: Credentials,
  stop: AbortSignal,
): Promise<Holder> {
  try {
    const own = transportOf(credentials, port);
    const dial = { ...reachable(at), timeoutMs: TIMEOUT_MS, signal: stop };
    const connection = await own.dial(dial);
    connection.close();
    const { identity } = connection;
    return isOwn(identity, credentials) ? { kind: 'self' } : { kind: 'other', identity };
  } catch {
    // Whatever stands in the way, it is not this node that answers as it should.
    return { kind: 'unknown' };
  }
}

/** By its key; the RSA certificate of a channel port by its text. */
function isOwn({ fingerprint256, nodeId }: PeerIdentity, credentials: Credentials): boolean {
  if (nodeId !== undefined) return nodeId === nodeIdOf(credentials);
  const [leaf] = splitPemChain(credentials.certificate);
  return leaf !== undefined && fingerprint256 === describeCertificate(leaf).fingerprint256;
}
