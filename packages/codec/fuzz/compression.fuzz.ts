import fc from 'fast-check';
import { expect } from 'vitest';
import { compress, decompress } from '../src/compression.ts';
import { CodecError } from '../src/errors.ts';
import { fuzz, mutated } from './fuzz.ts';

const LIMIT_BYTES = 100_000;

const blocks = [
  new Uint8Array(),
  new Uint8Array(3000),
  Uint8Array.from({ length: 500 }, (_, index) => index % 7),
  Uint8Array.from({ length: 200 }, (_, index) => (index * 131) ^ (index >> 3)),
].map(compress);

fuzz(
  'a changed block gives bytes within the limit, or a CodecError',
  fc.oneof(mutated(blocks), fc.uint8Array({ maxLength: 40 })),
  (block) => {
    try {
      expect(decompress(block, LIMIT_BYTES).length).toBeLessThanOrEqual(LIMIT_BYTES);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
    }
  },
);

fuzz('any payload comes back', fc.uint8Array({ maxLength: 4000 }), (payload) => {
  expect(decompress(compress(payload), payload.length)).toEqual(payload);
});
