import { expect, test } from 'vitest';
import { NonceMemory } from '../../src/bound/proof/nonce-memory.ts';

const HALF_AN_HOUR_MS = 30 * 60_000;

function nonce(number: number): Uint8Array {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(28, number);
  return bytes;
}

test('a nonce is known for half an hour, whatever else comes', () => {
  const memory = new NonceMemory();
  memory.remember(nonce(1), 0);
  memory.remember(nonce(2), 1);
  memory.remember(nonce(3), HALF_AN_HOUR_MS - 1);
  expect([1, 2, 3, 4].map((number) => memory.has(nonce(number)))).toEqual([
    true,
    true,
    true,
    false,
  ]);
  memory.remember(nonce(4), HALF_AN_HOUR_MS);
  expect([1, 2, 3, 4].map((number) => memory.has(nonce(number)))).toEqual([
    false,
    true,
    true,
    true,
  ]);
});

test('when there is no room, nothing is forgotten for a newer one', () => {
  const memory = new NonceMemory();
  for (let number = 0; number < 18_000; number++) {
    expect(memory.remember(nonce(number), 0)).toBe(true);
  }
  expect(memory.remember(nonce(18_000), 1)).toBe(false);
  expect(memory.has(nonce(0))).toBe(true);
  expect(memory.remember(nonce(18_000), HALF_AN_HOUR_MS)).toBe(true);
});
