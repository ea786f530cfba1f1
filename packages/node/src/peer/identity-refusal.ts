import type { PeerIdentity } from '@amop/ports';
import type { NodeConfig } from '../config/node-config.ts';
import type { RefusalReason } from '../refusal/refusal-reason.ts';
import { isChainRevoked } from '../refusal/revocation.ts';

/** What the certificates of applications carry as OU, ours and the original's (spec 15.4). */
const APPLICATION_UNIT = 'sdk';

/** Why a node with that certificate is not taken on the p2p port; undefined when it is. */
export function peerIdentityRefusal(
  identity: PeerIdentity,
  { p2p, revocationLists }: Pick<NodeConfig, 'p2p' | 'revocationLists'>,
): RefusalReason | undefined {
  const { nodeId, organizationalUnit } = identity;
  const { blacklist, whitelist } = p2p;
  if (isChainRevoked(identity, revocationLists)) return 'certificate-revoked';
  if (nodeId === undefined) return 'no-node-id';
  if (organizationalUnit === APPLICATION_UNIT) return 'sdk-certificate';
  if (blacklist.includes(nodeId)) return 'node-blacklisted';
  if (whitelist.length > 0 && !whitelist.includes(nodeId)) return 'node-not-whitelisted';
  return undefined;
}
