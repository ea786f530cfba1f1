import { expect, test } from 'vitest';
import { DIGEST_BYTES, keccak256 } from '../src/index.ts';
import { bytes, vectors } from './signature-vectors.ts';

test.each(vectors('keccak256-'))('$name is the published digest', ({ fields, hex }) => {
  expect(keccak256(bytes(fields.input_hex))).toEqual(bytes(hex));
});

test.each(vectors('signature-'))('$name: the digest of the content', ({ fields }) => {
  expect(keccak256(bytes(fields.random_hex))).toEqual(bytes(fields.keccak256_hex));
});

test('a digest is fresh memory of 32 bytes', () => {
  const content = new Uint8Array([1, 2, 3]);
  const digest = keccak256(content);
  expect(digest).toHaveLength(DIGEST_BYTES);
  expect(digest.buffer).not.toBe(content.buffer);
  expect(content).toEqual(new Uint8Array([1, 2, 3]));
});
