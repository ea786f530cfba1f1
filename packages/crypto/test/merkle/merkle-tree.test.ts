import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  emptyMerkleRoot,
  isInMerkleTree,
  type MerkleProof,
  MerkleTree,
  merkleLeafHash,
  merkleNodeHash,
} from '../../src/index.ts';
import { expectCode } from '../expect-code.ts';
import { flip, fromHex, toHex } from '../seal/bytes.ts';
import { hashOfTree, pathInTree, reference, referenceLeaves } from './reference-tree.ts';

const MOST = 70;
const HASHES = Array.from({ length: MOST }, (_, at) => merkleLeafHash(Uint8Array.of(at)));

function treeOf(hashes: readonly Uint8Array[]): MerkleTree {
  return new MerkleTree(Uint8Array.from(hashes.flatMap((hash) => [...hash])));
}

function proofOf(tree: MerkleTree, index: number): MerkleProof {
  return { leaf: tree.leaf(index), index, count: tree.count, path: tree.path(index) };
}

/** A leaf with a neighbour on each side of its way up: its path has four hashes. */
const tree = treeOf(HASHES.slice(0, 13));
const proof = proofOf(tree, 6);

describe('the tree of the reference implementation', () => {
  test.each([...reference.roots.entries()])('over %d leaves has the root %s', (count, root) => {
    expect(toHex(treeOf(referenceLeaves(count).map(merkleLeafHash)).root)).toBe(root);
  });

  test.each(reference.paths)('has that path of leaf $index of $count', ({ index, count, path }) => {
    const hashes = referenceLeaves(count).map(merkleLeafHash);
    expect(treeOf(hashes).path(index).map(toHex)).toEqual(path);
    const [leaf = new Uint8Array(0)] = hashes.slice(index);
    const root = fromHex(reference.roots[count] ?? '');
    expect(isInMerkleTree(root, { leaf, index, count, path: path.map(fromHex) })).toBe(true);
  });
});

test('the tree without leaves has a root and nothing in it', () => {
  const empty = new MerkleTree(new Uint8Array(0));
  expect(empty.count).toBe(0);
  expect(empty.root).toEqual(emptyMerkleRoot());
  const [leaf = empty.root] = HASHES;
  for (const each of [leaf, empty.root]) {
    expect(isInMerkleTree(empty.root, { leaf: each, index: 0, count: 0, path: [] })).toBe(false);
  }
});

test('the only leaf is the root, its path is empty', () => {
  const one = treeOf(HASHES.slice(0, 1));
  expect(one.root).toEqual(HASHES[0]);
  expect(one.path(0)).toEqual([]);
  expect(isInMerkleTree(one.root, proofOf(one, 0))).toBe(true);
});

test('leaves of any count have the root and the paths that the RFC says', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MOST }), fc.nat(), (count, any) => {
      const hashes = HASHES.slice(0, count);
      const index = any % count;
      const made = treeOf(hashes);
      expect(made.count).toBe(count);
      expect(made.leaf(index)).toEqual(hashes[index]);
      expect(made.root).toEqual(hashOfTree(hashes));
      expect(made.path(index)).toEqual(pathInTree(index, hashes));
    }),
    { seed: 20261126, numRuns: 150 },
  );
});

test('each leaf of each tree of up to 70 is in it', () => {
  for (let count = 1; count <= MOST; count++) {
    const made = treeOf(HASHES.slice(0, count));
    const places = Array.from({ length: count }, (_, index) => index);
    expect(places.filter((index) => !isInMerkleTree(made.root, proofOf(made, index)))).toEqual([]);
  }
});

test('no leaf is at another place, nor another leaf at its place', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: MOST }), fc.nat(), (count, any) => {
      const made = treeOf(HASHES.slice(0, count));
      const index = any % count;
      const right = proofOf(made, index);
      for (let other = 0; other < count; other++) {
        if (other === index) continue;
        expect(isInMerkleTree(made.root, { ...right, index: other })).toBe(false);
        expect(isInMerkleTree(made.root, { ...right, leaf: made.leaf(other) })).toBe(false);
      }
    }),
    { seed: 20261126, numRuns: 150 },
  );
});

describe('a path is refused', () => {
  test('with any bit of it changed, or of leaf or root', () => {
    expect(isInMerkleTree(tree.root, proof)).toBe(true);
    for (let at = 0; at < 32; at++) {
      for (const place of proof.path.keys()) {
        const path = proof.path.with(place, flip(proof.path[place] ?? tree.root, at));
        expect(isInMerkleTree(tree.root, { ...proof, path })).toBe(false);
      }
      expect(isInMerkleTree(tree.root, { ...proof, leaf: flip(proof.leaf, at) })).toBe(false);
      expect(isInMerkleTree(flip(tree.root, at), proof)).toBe(false);
    }
  });

  test.each<[string, readonly Uint8Array[]]>([
    ['that is empty', []],
    ['without its first hash', proof.path.slice(1)],
    ['without its last hash', proof.path.slice(0, -1)],
    ['with one hash more', [...proof.path, tree.root]],
    ['with one hash before', [proof.leaf, ...proof.path]],
    ['in the other order', proof.path.toReversed()],
    ['of another leaf', tree.path(7)],
    ['of another tree', treeOf(HASHES.slice(1, 14)).path(6)],
  ])('%s', (_, path) => {
    expect(isInMerkleTree(tree.root, { ...proof, path })).toBe(false);
  });

  test('in any other order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), (order) => {
        const path = order.map((at) => proof.path[at] ?? tree.root);
        expect(isInMerkleTree(tree.root, { ...proof, path })).toBe(`${order}` === '0,1,2,3');
      }),
      { seed: 20261126, numRuns: 50 },
    );
  });

  test('that leads from a node instead of a leaf, at a place below it', () => {
    const [neighbour = tree.root, ...path] = proof.path;
    const leaf = merkleNodeHash(proof.leaf, neighbour);
    expect(isInMerkleTree(tree.root, { ...proof, leaf, path })).toBe(false);
  });

  test('with the border between two hashes moved', () => {
    const [neighbour = tree.root, ...rest] = proof.path;
    const both = Uint8Array.of(...proof.leaf, ...neighbour);
    for (const border of [0, 31, 33, 64]) {
      const path = [both.subarray(border), ...rest];
      const moved = { ...proof, leaf: both.subarray(0, border), path };
      expect(isInMerkleTree(tree.root, moved)).toBe(false);
    }
  });

  test('for a root of another length', () => {
    expect(isInMerkleTree(tree.root.subarray(1), proof)).toBe(false);
    expect(isInMerkleTree(Uint8Array.of(...tree.root, 0), proof)).toBe(false);
    expect(isInMerkleTree(new Uint8Array(0), proof)).toBe(false);
  });
});

test.each([
  ['below 0', { index: -1 }],
  ['at the end', { index: 13 }],
  ['behind the end', { index: 0x1_0000_0006 }],
  ['between two', { index: 6.5 }],
  ['that is no number', { index: Number.NaN }],
  ['among none', { count: 0 }],
  ['among fewer', { count: 6 }],
  ['among so few that its path is shorter', { count: 8 }],
  ['among so few that it is the last', { count: 7 }],
  ['among so many that its path is longer', { count: 17 }],
  ['among a broken number', { count: 12.5 }],
  ['among no number', { count: Number.NaN }],
  ['among endless many', { count: Number.POSITIVE_INFINITY }],
  ['of which only 32 bits are right', { index: 0x1_0000_0006, count: 0x1_0000_000d }],
])('a leaf is at no place %s', (_, place) => {
  expect(isInMerkleTree(tree.root, { ...proof, ...place })).toBe(false);
});

test('the only leaf is at no place between two', () => {
  const one = treeOf(HASHES.slice(0, 1));
  expect(isInMerkleTree(one.root, { ...proofOf(one, 0), index: 0.5 })).toBe(false);
});

test('a path of 32 hashes is followed to the end', () => {
  const [leaf = tree.root, neighbour = tree.root] = HASHES;
  const path = Array.from({ length: 32 }, () => neighbour);
  const count = 0xffff_ffff;
  const root = path.reduce((hash) => merkleNodeHash(hash, neighbour), leaf);
  expect(isInMerkleTree(root, { leaf, index: 0, count, path })).toBe(true);
  expect(isInMerkleTree(root, { leaf, index: 0x8000_0000, count, path })).toBe(false);
});

test.each([1, 31, 33, 63])('leaves of %d bytes are refused', (bytes) => {
  const details = expectCode(
    'AMOP_CRYPTO_INVALID_OPTION',
    () => new MerkleTree(new Uint8Array(bytes)),
  );
  expect(details).toMatchObject({ option: 'leaves', found: `${bytes} bytes` });
});

test('hashes are given as views, and leaves that lie in other bytes are read there', () => {
  const buffer = Uint8Array.of(9, ...HASHES.slice(0, 3).flatMap((hash) => [...hash]), 9);
  const made = new MerkleTree(buffer.subarray(1, -1));
  expect(made.root).toEqual(hashOfTree(HASHES.slice(0, 3)));
  expect(made.leaf(2)).toEqual(HASHES[2]);
  expect(made.leaf(2).buffer).toBe(buffer.buffer);
  expect(made.path(1)[0]?.buffer).toBe(buffer.buffer);
});
