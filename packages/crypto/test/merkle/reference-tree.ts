import { readFileSync } from 'node:fs';
import { merkleNodeHash } from '../../src/index.ts';
import { fromHex } from '../seal/bytes.ts';

interface ReferenceTree {
  /** What is hashed, as hex digits. */
  readonly leaves: readonly string[];
  /** The root over the first leaves, for each number of them from 0. */
  readonly roots: readonly string[];
  readonly paths: readonly {
    readonly index: number;
    readonly count: number;
    readonly path: readonly string[];
  }[];
}

const url = new URL('../vectors/merkle-tree.json', import.meta.url);

/** The published tree of the reference implementation: see its `source`. */
export const reference: ReferenceTree = JSON.parse(readFileSync(url, 'utf8')) as ReferenceTree; // of known shape

/** The first leaves of the reference tree. */
export function referenceLeaves(count: number): Uint8Array[] {
  return reference.leaves.slice(0, count).map(fromHex);
}

/** The hash of a tree over hashes of leaves, word for word as in RFC 6962, 2.1: from the top down. */
export function hashOfTree(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) throw new Error('no leaves');
  if (leaves.length === 1) return first;
  const k = splitOf(leaves.length);
  return merkleNodeHash(hashOfTree(leaves.slice(0, k)), hashOfTree(leaves.slice(k)));
}

/** The path of a leaf, word for word as in RFC 6962, 2.1.1. */
export function pathInTree(index: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  const k = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return index < k
    ? [...pathInTree(index, left), hashOfTree(right)]
    : [...pathInTree(index - k, right), hashOfTree(left)];
}

/** The largest power of two below `count`. */
function splitOf(count: number): number {
  let k = 1;
  while (2 * k < count) k *= 2;
  return k;
}
