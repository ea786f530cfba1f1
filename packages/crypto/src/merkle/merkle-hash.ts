import { createHash, hash } from 'node:crypto';
import { plainBytes } from '../seal/tagged-digest.ts';

/** Bytes of a hash in a Merkle tree. */
export const MERKLE_HASH_BYTES = 32;

const LEAF = Uint8Array.of(0);
/** What the hash of a node is made of, for one call at a time. */
const nodeText = new Uint8Array(1 + 2 * MERKLE_HASH_BYTES).fill(1, 0, 1);

/** The hash of a leaf: SHA-256 of a zero byte and the bytes (RFC 6962, 2.1). */
export function merkleLeafHash(bytes: Uint8Array): Uint8Array {
  return plainBytes(createHash('sha256').update(LEAF).update(bytes).digest());
}

/** The hash of a node: SHA-256 of a one byte and the hashes below it, 32 bytes each (RFC 6962, 2.1). */
export function merkleNodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  // One call instead of an object of its own for each node: those cost the garbage collector more than the hashing.
  nodeText.set(left, 1);
  nodeText.set(right, 1 + MERKLE_HASH_BYTES);
  return plainBytes(hash('sha256', nodeText, 'buffer'));
}

/** The root of the tree without leaves: SHA-256 of nothing. */
export function emptyMerkleRoot(): Uint8Array {
  return plainBytes(createHash('sha256').digest());
}
