import { describe, expect, test } from 'vitest';
import { formatSize, formatSpan } from '../../src/output/size-text.ts';

describe('formatSize', () => {
  test.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1_000, '1.0 kB'],
    [9_949, '9.9 kB'],
    [9_960, '10 kB'],
    [540_000_000, '540 MB'],
    [999_499, '999 kB'],
    [999_600, '1.0 MB'],
    [1_234_567_890, '1.2 GB'],
    [16 * 2 ** 30, '17 GB'],
    [5e12, '5.0 TB'],
    [Number.MAX_SAFE_INTEGER, '9.0 PB'],
    [0.4, '0 bytes'],
  ])('%d is %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});

describe('formatSpan', () => {
  test.each([
    [0, '0 s'],
    [40, '0 s'],
    [340, '0.3 s'],
    [12_345, '12.3 s'],
    [12_000, '12 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min'],
    [125_000, '2 min 5 s'],
    [3_599_600, '1 h'],
    [12_000_000, '3 h 20 min'],
    [86_400_000, '1 d'],
    [187_200_000, '2 d 4 h'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(formatSpan(milliseconds)).toBe(text);
  });
});
