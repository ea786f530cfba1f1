import { isRevoked, type RevocationList } from '@amop/crypto';
import type { PeerIdentity } from '@amop/ports';

/** Whether a certificate, or an authority that it leads to, was taken back. */
export function isChainRevoked(
  { chain = [] }: PeerIdentity,
  lists: readonly RevocationList[] = [],
): boolean {
  return lists.length > 0 && chain.some((certificate) => isRevoked(certificate, lists));
}
