import { describe, expect, test } from 'vitest';
import {
  collect,
  parseBytes,
  parseCount,
  parseDuration,
  parsePort,
} from '../../src/commands/values.ts';

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['5s', 5000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['250', 250],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each(['', 's', '-1s', '0', '0.4ms', '5 s', '1w', '1e3', '25d', '600h'])(
    'refuses %j',
    (text) => {
      expect(() => parseDuration(text)).toThrow('Give a duration');
    },
  );
});

describe('parseBytes', () => {
  test.each([
    ['1500', 1500],
    ['1500B', 1500],
    ['10k', 10_000],
    ['10M', 10_000_000],
    ['10mb', 10_000_000],
    ['1.5G', 1_500_000_000],
    ['2TB', 2_000_000_000_000],
    ['4KiB', 4096],
    ['0.5Mi', 524_288],
    ['4GiB', 4_294_967_296],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  test.each(['', 'B', '0', '-1', '10 M', '1e6', '10X', '10Mbit', 'i', '10i', '0.1', '9999999T'])(
    'refuses %j',
    (text) => {
      expect(() => parseBytes(text)).toThrow('Give a size like 1500, 10M, 1.5G or 4GiB.');
    },
  );
});

describe('parseCount', () => {
  test('takes whole numbers from 1 on', () => {
    expect(parseCount('1')).toBe(1);
    expect(parseCount('100', 100)).toBe(100);
  });

  test.each(['0', '-1', '1.5', 'ten', '', '101'])('refuses %j', (text) => {
    expect(() => parseCount(text, 100)).toThrow('Give a whole number from 1 to 100.');
  });
});

describe('parsePort', () => {
  test('takes what a node accepts', () => {
    expect(parsePort('1025')).toBe(1025);
    expect(parsePort('65535')).toBe(65_535);
  });

  test.each(['1024', '65536', '0', 'x', '-5'])('refuses %j', (text) => {
    expect(() => parsePort(text)).toThrow('Give a port from 1025 to 65535.');
  });
});

test('collect keeps the order of a repeated option', () => {
  expect(collect('b', collect('a', undefined))).toEqual(['a', 'b']);
});
