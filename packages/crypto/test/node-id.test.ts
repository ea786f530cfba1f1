import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNodeId } from '../src/index.ts';
import { expectCode } from './expect-code.ts';

const DIGITS = '0123456789abcdef'.repeat(8);

test('128 lower-case digits are a node id as they are', () => {
  expect(parseNodeId(DIGITS)).toBe(DIGITS);
});

test('upper case and a leading 0x give the same id', () => {
  expect(parseNodeId(DIGITS.toUpperCase())).toBe(DIGITS);
  expect(parseNodeId(`0x${DIGITS}`)).toBe(DIGITS);
  expect(parseNodeId(`0X${DIGITS.toUpperCase()}`)).toBe(DIGITS);
});

test.each([
  ['empty', ''],
  ['one digit short', DIGITS.slice(1)],
  ['one digit long', `${DIGITS}0`],
  ['a letter beyond f', `g${DIGITS.slice(1)}`],
  ['a line feed at the end', `${DIGITS}\n`],
  ['0x counted as digits', `0x${DIGITS.slice(2)}`],
])('%s is refused', (_, text) => {
  const details = expectCode('AMOP_CRYPTO_INVALID_NODE_ID', () => parseNodeId(text));
  expect(details).toEqual({ length: text.length });
});

test('any text is an id or a coded refusal', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 140 }), (text) => {
      if (/^(0[xX])?[0-9a-fA-F]{128}$/.test(text)) return;
      expectCode('AMOP_CRYPTO_INVALID_NODE_ID', () => parseNodeId(text));
    }),
    { seed: 20261123, numRuns: 200 },
  );
});
