import { describe, expect, test } from 'vitest';
import {
  bodyForPeople,
  formatBytes,
  formatMs,
  formatTime,
  printable,
  printableJson,
  printableLine,
  utf8Text,
} from '../../src/output/text.ts';

describe('utf8Text', () => {
  test('gives text back for UTF-8, a byte order mark included', () => {
    expect(utf8Text(new TextEncoder().encode('\ufeff支付'))).toBe('\ufeff支付');
  });

  test('gives nothing back for other bytes', () => {
    expect(utf8Text(Uint8Array.of(0xc3, 0x28))).toBeUndefined();
  });
});

test('nor turn or break a line unseen, in JSON without another value', () => {
  const text = 'a\u202eb\u2028c\u009bd\u2067';
  expect(printable(text)).toBe('a\\u202eb\\u2028c\\x9bd\\u2067');
  const json = printableJson(JSON.stringify({ text }));
  expect(json).toBe('{"text":"a\\u202eb\\u2028c\\u009bd\\u2067"}');
  expect(JSON.parse(json)).toEqual({ text });
});

test('a message cannot control the terminal', () => {
  expect(printable('\u001b[2J\u009b5mred\r\n\tok\u007f')).toBe(
    '\\x1b[2J\\x9b5mred\\x0d\n\tok\\x7f',
  );
  expect(printableLine('a\nb\tc')).toBe('a\\nb\\tc');
});

test('bytes that are no text are counted, not shown', () => {
  expect(bodyForPeople(Uint8Array.of(0xff, 0xfe))).toContain('2 bytes that are not text');
  expect(bodyForPeople(new Uint8Array())).toBe('');
});

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1_048_576, '1,048,576 bytes'],
])('%d is written %s', (count, text) => {
  expect(formatBytes(count)).toBe(text);
});

test.each([
  [0.8412, '0.84 ms'],
  [12.34, '12.3 ms'],
  [1500.2, '1500 ms'],
])('%d is written %s', (milliseconds, text) => {
  expect(formatMs(milliseconds)).toBe(text);
});

test('time of day has leading zeros', () => {
  expect(formatTime(new Date(2026, 0, 2, 3, 4, 5, 6))).toBe('03:04:05.006');
});
