import { expect, test } from 'vitest';
import { chunkBytesFor, parseSendOptions } from '../../../src/file/send/send-options.ts';

const KIB = 1_024;
const GIB = 1_024 ** 3;

test('what is not said has its default', () => {
  expect(parseSendOptions()).toMatchObject({ to: 'one', joinMs: 30_000, stallMs: 300_000 });
  expect(parseSendOptions({ to: 'all' })).toMatchObject({ to: 'all', joinMs: 10_000 });
  expect(parseSendOptions().stateDirectory).toMatch(/amop.files$/);
});

test.each([
  ['options', 1],
  ['too', { too: 'all' }],
  ['to', { to: 'some' }],
  ['name', { name: '' }],
  ['name', { name: 'a\ud800' }],
  ['name', { name: 'a'.repeat(4_097) }],
  ['joinMs', { joinMs: -1 }],
  ['stallMs', { stallMs: '5' }],
  ['stateDirectory', { stateDirectory: '' }],
  ['chunkBytes', { chunkBytes: 1_023 }],
  ['chunkBytes', { chunkBytes: 33_554_433 }],
  ['chunkBytes', { chunkBytes: 2_000.5 }],
  ['onProgress', { onProgress: 'yes' }],
])('%s: %j is told', (option, options) => {
  // A caller without types.
  const parse = (): unknown => parseSendOptions(options as never);
  expect(parse).toThrow(expect.objectContaining({ code: 'AMOP_CLIENT_OPTIONS' }));
  expect(parse).toThrow(expect.objectContaining({ details: expect.objectContaining({ option }) }));
});

test('chunks are so large that there are 2^18 of them at most', () => {
  expect(chunkBytesFor(0, undefined)).toBe(512 * KIB);
  expect(chunkBytesFor(128 * GIB, undefined)).toBe(512 * KIB);
  expect(chunkBytesFor(128 * GIB + 1, undefined)).toBe(1_024 * KIB);
  expect(chunkBytesFor(2_048 * GIB, undefined)).toBe(8 * KIB * KIB);
  expect(chunkBytesFor(5_000, 1_024)).toBe(1_024);
});

test('too many chunks, and a file that is too large, are told', () => {
  expect(() => chunkBytesFor(GIB, 1_024)).toThrow(
    expect.objectContaining({ code: 'AMOP_CLIENT_OPTIONS' }),
  );
  for (const asked of [undefined, 1_024, 8 * KIB * KIB]) {
    expect(() => chunkBytesFor(2_048 * GIB + 1, asked)).toThrow(
      expect.objectContaining({ code: 'AMOP_CLIENT_TOO_LARGE' }),
    );
  }
});
