import { expect, test } from 'vitest';
import { type ConnectOptions, parseOptions, parseTimeout } from '../../src/options/options.ts';

const TLS = { directory: 'sdk' };

/** Options as someone without a compiler may write them. */
function loose(options: object): ConnectOptions {
  return { nodes: 'a:1', tls: TLS, ...options } as ConnectOptions;
}

test('what is left out has its documented default', () => {
  expect(parseOptions({ nodes: 'a:1', tls: TLS })).toEqual({
    endpoints: [{ host: 'a', port: 1, text: 'a:1' }],
    connectTimeoutMs: 10_000,
    requestTimeoutMs: 5_000,
    minDelayMs: 100,
    maxDelayMs: 10_000,
    maxPendingRequests: 65_536,
    maxQueuedBytes: 67_108_864,
    maxOutgoingBytes: 67_108_864,
    clientType: 'amop-ts',
  });
});

test('what is given is taken', () => {
  const settings = parseOptions({
    nodes: ['a:1', 'b:2'],
    tls: TLS,
    connectTimeoutMs: 1,
    requestTimeoutMs: 0.5,
    reconnect: { minDelayMs: 20_000 },
    limits: { maxPendingRequests: 1, maxQueuedBytes: 2, maxOutgoingBytes: 3 },
    name: 'pay.ments-1',
  });
  expect(settings).toMatchObject({
    connectTimeoutMs: 1,
    requestTimeoutMs: 0.5,
    minDelayMs: 20_000,
    maxDelayMs: 20_000,
    maxPendingRequests: 1,
    maxQueuedBytes: 2,
    maxOutgoingBytes: 3,
    clientType: 'amop-ts/pay.ments-1',
  });
});

test.each([
  ['connectTimeoutMs', { connectTimeoutMs: 0 }],
  ['connectTimeoutMs', { connectTimeoutMs: '5s' }],
  ['requestTimeoutMs', { requestTimeoutMs: Number.NaN }],
  ['requestTimeoutMs', { requestTimeoutMs: Number.POSITIVE_INFINITY }],
  ['reconnect', { reconnect: 5 }],
  ['reconnect', { reconnect: [] }],
  ['reconnect.minDelayMs', { reconnect: { minDelayMs: 0 } }],
  ['reconnect.maxDelayMs', { reconnect: { minDelayMs: 10, maxDelayMs: 9 } }],
  ['reconnect.min', { reconnect: { min: 9 } }],
  ['limits.maxPendingRequests', { limits: { maxPendingRequests: 1.5 } }],
  ['limits.maxQueuedBytes', { limits: { maxQueuedBytes: '64 MiB' } }],
  ['limits.maxOutgoingBytes', { limits: { maxOutgoingBytes: null } }],
  ['name', { name: '' }],
  ['name', { name: 'two words' }],
  ['timeout', { timeout: 5 }],
  ['ports.timer', { ports: { timer: 5 } }],
  ['tls', { tls: undefined }],
] as const)('a bad %s is named (%j)', (option, given) => {
  expect(() => parseOptions(loose(given))).toThrow(
    expect.objectContaining({
      code: 'AMOP_CLIENT_OPTIONS',
      message: expect.stringContaining(option),
      details: expect.objectContaining({ option, retryable: false, maybeDelivered: 'no' }),
    }),
  );
});

test('options that are no object are refused', () => {
  for (const options of [undefined, null, 'a:1']) {
    expect(() => parseOptions(options as never)).toThrow(
      expect.objectContaining({ code: 'AMOP_CLIENT_OPTIONS' }),
    );
  }
});

test('a time is a number of ms above 0 that a timer can hold', () => {
  expect(parseTimeout(undefined, 'timeoutMs', 7)).toBe(7);
  expect(parseTimeout(2_147_483_647, 'timeoutMs', 7)).toBe(2_147_483_647);
  for (const value of [0, -1, 2_147_483_648, Number.NaN, '1', null, 5n]) {
    expect(() => parseTimeout(value, 'timeoutMs', 7)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('timeoutMs') }),
    );
  }
});
