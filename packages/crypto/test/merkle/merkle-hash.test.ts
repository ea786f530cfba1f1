import { expect, test } from 'vitest';
import {
  emptyMerkleRoot,
  MERKLE_HASH_BYTES,
  merkleLeafHash,
  merkleNodeHash,
  sha256,
} from '../../src/index.ts';
import { toHex } from '../seal/bytes.ts';
import { reference, referenceLeaves } from './reference-tree.ts';

test('the root without leaves and the hash of an empty leaf are the published ones', () => {
  const [empty, one] = reference.roots;
  expect(toHex(emptyMerkleRoot())).toBe(empty);
  expect(toHex(merkleLeafHash(new Uint8Array(0)))).toBe(one);
});

test('a node over the first two leaves is the published root', () => {
  const [left, right] = referenceLeaves(2).map(merkleLeafHash);
  expect(left && right && toHex(merkleNodeHash(left, right))).toBe(reference.roots[2]);
});

test('a leaf is hashed behind a zero, a node behind a one', () => {
  const [left, right] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const both = Uint8Array.of(...left, ...right);
  expect(merkleLeafHash(both)).toEqual(sha256(Uint8Array.of(0), both));
  expect(merkleNodeHash(left, right)).toEqual(sha256(Uint8Array.of(1), both));
  expect(merkleNodeHash(right, left)).not.toEqual(merkleNodeHash(left, right));
});

test('a hash is fresh memory of 32 bytes, a plain Uint8Array', () => {
  const hashes = [
    emptyMerkleRoot(),
    merkleLeafHash(new Uint8Array(100_000)),
    merkleNodeHash(new Uint8Array(32), new Uint8Array(32)),
  ];
  for (const hash of hashes) {
    expect(hash).toHaveLength(MERKLE_HASH_BYTES);
    expect(Object.getPrototypeOf(hash)).toBe(Uint8Array.prototype);
  }
  expect(emptyMerkleRoot()).not.toBe(emptyMerkleRoot());
});
