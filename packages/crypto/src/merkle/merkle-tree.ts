import { CryptoError } from '../errors.ts';
import { emptyMerkleRoot, MERKLE_HASH_BYTES, merkleNodeHash } from './merkle-hash.ts';

/** Most leaves of a tree that is verified: places are shifted as unsigned 32-bit integers. */
const MAX_LEAVES = 0xffff_ffff;

/** Whether a path leads from a leaf to a root. */
export interface MerkleProof {
  /** 32 bytes: hash of the leaf. */
  readonly leaf: Uint8Array;
  /** Its place, from 0. */
  readonly index: number;
  /** Leaves of the tree. */
  readonly count: number;
  /** Hashes of 32 bytes, from the leaf's neighbour up. */
  readonly path: readonly Uint8Array[];
}

/**
 * A Merkle tree over SHA-256 (RFC 6962, 2.1), in memory: 64 bytes for each leaf.
 *
 * @example
 * const tree = new MerkleTree(leaves); // 32 bytes each, one after the other
 * isInMerkleTree(tree.root, { leaf, index: 3, count: tree.count, path: tree.path(3) });
 */
export class MerkleTree {
  /** Leaves. */
  readonly count: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** From the leaves up; a last node without a neighbour stands in the level above as it is. */
  readonly #levels: readonly Uint8Array[];

  /**
   * @param leaves hashes of leaves, one after the other; kept, not copied
   * @throws CryptoError `AMOP_CRYPTO_INVALID_OPTION`
   */
  constructor(leaves: Uint8Array) {
    this.count = leaves.length / MERKLE_HASH_BYTES;
    if (!Number.isInteger(this.count)) {
      throw new CryptoError(
        'AMOP_CRYPTO_INVALID_OPTION',
        `The leaves of a tree have 32 bytes each, ${leaves.length} bytes were given.`,
        { option: 'leaves', found: `${leaves.length} bytes`, allowed: 'a multiple of 32 bytes' },
      );
    }
    const levels = [leaves];
    let top = leaves;
    while (top.length > MERKLE_HASH_BYTES) {
      top = levelAbove(top);
      levels.push(top);
    }
    this.#levels = levels;
    this.root = top.length === 0 ? emptyMerkleRoot() : top;
  }

  /** The path from a leaf to the root, as views. The caller keeps to 0 up to `count`. */
  path(index: number): Uint8Array[] {
    const path: Uint8Array[] = [];
    let at = index;
    for (const level of this.#levels.slice(0, -1)) {
      const neighbour = hashAt(level, at ^ 1);
      if (neighbour.length > 0) path.push(neighbour);
      at >>>= 1;
    }
    return path;
  }

  /** The hash of a leaf, as a view. */
  leaf(index: number): Uint8Array {
    return hashAt(this.#levels[0] ?? this.root, index);
  }
}

/**
 * Whether `path` leads from the leaf at its place to `root` (RFC 9162, 2.1.3.2).
 *
 * A root does not tell how many leaves are below it: `count` comes from where the root comes from.
 */
export function isInMerkleTree(root: Uint8Array, proof: MerkleProof): boolean {
  const { leaf, index, count, path } = proof;
  if (!isPlace(index, count)) return false;
  // Other lengths could move the border between two hashes and give the same node.
  if (!isHash(leaf) || !path.every(isHash)) return false;
  let at = index;
  let last = count - 1;
  let hash = leaf;
  let used = 0;
  for (; last > 0; at >>>= 1, last >>>= 1) {
    const isRight = (at & 1) === 1;
    if (!isRight && at === last) continue;
    const neighbour = path[used++];
    if (neighbour === undefined) return false;
    hash = isRight ? merkleNodeHash(neighbour, hash) : merkleNodeHash(hash, neighbour);
  }
  return used === path.length && isSame(hash, root);
}

function isPlace(index: number, count: number): boolean {
  if (!Number.isInteger(index) || !Number.isInteger(count)) return false;
  return index >= 0 && index < count && count <= MAX_LEAVES;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === MERKLE_HASH_BYTES;
}

function levelAbove(level: Uint8Array): Uint8Array {
  const count = level.length / MERKLE_HASH_BYTES;
  const above = new Uint8Array(Math.ceil(count / 2) * MERKLE_HASH_BYTES);
  for (let at = 0; at < count; at += 2) {
    const left = hashAt(level, at);
    const right = hashAt(level, at + 1);
    const hash = right.length === 0 ? left : merkleNodeHash(left, right);
    above.set(hash, (at / 2) * MERKLE_HASH_BYTES);
  }
  return above;
}

function hashAt(level: Uint8Array, index: number): Uint8Array {
  return level.subarray(index * MERKLE_HASH_BYTES, (index + 1) * MERKLE_HASH_BYTES);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
