import { expect, test } from 'vitest';
import { isChallenge } from '../src/index.ts';

const text = (ascii: string): Uint8Array => new TextEncoder().encode(ascii);

test.each([
  ['32 lower-case hex digits, as Java sends them', text('0123456789abcdef0123456789abcdef')],
  ['one byte', Uint8Array.of(0)],
  ['17 bytes of any value, as Go sends them', new Uint8Array(17).fill(0xff)],
])('%s', (_, content) => {
  expect(isChallenge(content)).toBe(true);
});

test.each([
  ['nothing', new Uint8Array(0)],
  ['18 bytes', new Uint8Array(18)],
  ['31 hex digits', text('0123456789abcdef0123456789abcde')],
  ['33 hex digits', text('0123456789abcdef0123456789abcdef0')],
  ['upper-case digits', text('0123456789ABCDEF0123456789abcdef')],
  ['a letter behind f', text('g123456789abcdef0123456789abcdef')],
  ['what stands just outside of the digits', text('/:`g456789abcdef0123456789abcdef')],
  ['32 bytes that are no text: a digest', new Uint8Array(32).fill(0xab)],
])('not %s', (_, content) => {
  expect(isChallenge(content)).toBe(false);
});

test('one byte that is no digit is enough, wherever it stands', () => {
  for (let at = 0; at < 32; at++) {
    for (const wrong of [0x2f, 0x3a, 0x60, 0x67]) {
      const content = text('a'.repeat(32));
      content[at] = wrong;
      expect(isChallenge(content)).toBe(false);
    }
  }
});
