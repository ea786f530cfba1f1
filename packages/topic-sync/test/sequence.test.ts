import { expect, it } from 'vitest';
import { nextSequence } from '../src/sequence.ts';

it.each([
  [0, 1],
  [1, 2],
  [0xffff_fffe, 0xffff_ffff],
])('follows %i by %i', (sequence, next) => {
  expect(nextSequence(sequence)).toBe(next);
});

it('wraps to 1, because a new session takes 0 for an empty list', () => {
  expect(nextSequence(0xffff_ffff)).toBe(1);
});
