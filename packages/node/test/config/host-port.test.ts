import { describe, expect, it } from 'vitest';
import { formatHostPort, parseHostPort } from '../../src/index.ts';

describe('parseHostPort', () => {
  it.each([
    ['127.0.0.1:30300', { host: '127.0.0.1', port: 30300 }],
    ['node0:1', { host: 'node0', port: 1 }],
    ['[::1]:65535', { host: '::1', port: 65535 }],
    [' a.b:20 ', { host: 'a.b', port: 20 }],
  ])('reads %s', (text, expected) => {
    expect(parseHostPort(text)).toEqual(expected);
    expect(parseHostPort(formatHostPort(expected))).toEqual(expected);
  });

  it.each(['', 'host', ':1', 'host:', 'host:0', 'host:65536', '::1:30300', 'a b:1', 'host:1x'])(
    'refuses %j',
    (text) => {
      expect(parseHostPort(text)).toBeUndefined();
    },
  );
});
