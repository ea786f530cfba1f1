import { expect, test } from 'vitest';
import { parseReceiveOptions } from '../../../src/file/receive/receive-options.ts';

test('what is not said has its default', () => {
  const settings = parseReceiveOptions({ directory: '/in' });
  expect(settings).toMatchObject({
    directory: '/in',
    maxBytes: 16 * 1024 ** 3,
    quotaBytes: 64 * 1024 ** 3,
    maxFiles: 100_000,
    maxTransfers: 8,
    keepMs: 7 * 24 * 3_600_000,
  });
});

test.each([
  ['options', null],
  ['directory', {}],
  ['directory', { directory: '' }],
  ['folder', { directory: '/in', folder: '/in' }],
  ['accept', { directory: '/in', accept: true }],
  ['onEvent', { directory: '/in', onEvent: 1 }],
  ['maxBytes', { directory: '/in', maxBytes: 0 }],
  ['maxBytes', { directory: '/in', maxBytes: 1.5 }],
  ['quotaBytes', { directory: '/in', quotaBytes: Number.POSITIVE_INFINITY }],
  ['maxFiles', { directory: '/in', maxFiles: 0 }],
  ['maxTransfers', { directory: '/in', maxTransfers: 1_025 }],
  ['keepMs', { directory: '/in', keepMs: -1 }],
  ['publishers', { directory: '/in', publishers: [] }],
])('%s: %j is told', (option, options) => {
  // A caller without types.
  const parse = (): unknown => parseReceiveOptions(options as never);
  expect(parse).toThrow(expect.objectContaining({ code: 'AMOP_CLIENT_OPTIONS' }));
  expect(parse).toThrow(expect.objectContaining({ details: expect.objectContaining({ option }) }));
});
