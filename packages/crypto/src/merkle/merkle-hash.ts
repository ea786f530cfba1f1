import { createHash } from 'node:crypto';
import { plainBytes } from '../seal/tagged-digest.ts';

/** Bytes of a hash in a Merkle tree. */
export const MERKLE_HASH_BYTES = 32;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The hash of a leaf: SHA-256 of a zero byte and the bytes (RFC 6962, 2.1). */
export function merkleLeafHash(bytes: Uint8Array): Uint8Array {
  return plainBytes(createHash('sha256').update(LEAF).update(bytes).digest());
}

/** The hash of a node: SHA-256 of a one byte and the hashes below it (RFC 6962, 2.1). */
export function merkleNodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return plainBytes(createHash('sha256').update(NODE).update(left).update(right).digest());
}

/** The root of the tree without leaves: SHA-256 of nothing. */
export function emptyMerkleRoot(): Uint8Array {
  return plainBytes(createHash('sha256').digest());
}
