import { SeededRandom } from '@amop/testkit';
import { expect, test } from 'vitest';
import { OwnSequence } from '../../src/call/own-sequence.ts';

test('a sequence is 32 lower-case hex digits that begin with the same 20', () => {
  const sequence = new OwnSequence(new SeededRandom(7));
  const texts = [sequence.next(), sequence.next(), 0xabcdef, 2 ** 40 + 15].map((number) =>
    new TextDecoder().decode(sequence.bytesOf(number)),
  );
  for (const text of texts) expect(text).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(texts.map((text) => text.slice(0, 20))).size).toBe(1);
  expect(texts.map((text) => text.slice(20))).toEqual([
    '000000000001',
    '000000000002',
    '000000abcdef',
    '01000000000f',
  ]);
});

test('the number is found in the bytes, over the whole range', () => {
  const sequence = new OwnSequence(new SeededRandom(7));
  for (const number of [1, 15, 16, 2 ** 24 - 1, 2 ** 24, 2 ** 31, 2 ** 47 + 12345, 2 ** 48 - 1]) {
    expect(sequence.numberOf(sequence.bytesOf(number).slice())).toBe(number);
  }
});

test('bytes of another client, or changed ones, have no number', () => {
  const sequence = new OwnSequence(new SeededRandom(7));
  const other = new OwnSequence(new SeededRandom(8));
  expect(sequence.numberOf(other.bytesOf(5))).toBe(0);
  for (const [index, byte] of [
    [0, 0x7a],
    [20, 0x47],
    [31, 0x2f],
    [31, 0x60],
  ] as const) {
    const changed = sequence.bytesOf(5).slice();
    changed[index] = byte;
    expect(sequence.numberOf(changed)).toBe(0);
  }
  expect(sequence.numberOf(new Uint8Array(32).fill(0x30))).toBe(0);
});
