import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFileMessage, parseFileMessage } from '../../src/messages/file-message.ts';
import { FIXED } from '../arbitrary.ts';
import { codeOf } from '../codec-error.ts';
import { fromHex, toHex } from '../vector-file.ts';

test('any file comes back', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.uint8Array({ maxLength: 4096 }),
      (name, bytes) => {
        expect(parseFileMessage(encodeFileMessage({ name, bytes }))).toEqual({ name, bytes });
      },
    ),
    FIXED,
  );
});

test('is mark, length, name and bytes; the length counts bytes', () => {
  const bytes = Uint8Array.of(1, 2);
  expect(toHex(encodeFileMessage({ name: 'a.b', bytes }))).toBe('ffffff8000000003612e620102');
  expect(toHex(encodeFileMessage({ name: '信', bytes }))).toBe('ffffff8000000003e4bfa10102');
});

test.each([
  ['shorter than its head', 'ffffff80000000'],
  ['another mark', 'ffffff7f0000000161'],
  ['a name beyond the content', 'ffffff800000000261'],
  ['a negative length', 'ffffff80ffffffff61'],
  ['a name that is no UTF-8', 'ffffff8000000001ff'],
])('%s is no file', (_, hex) => {
  expect(parseFileMessage(fromHex(hex))).toBeUndefined();
});

test('an empty file with an empty name is one', () => {
  expect(parseFileMessage(fromHex('ffffff8000000000'))).toEqual({
    name: '',
    bytes: new Uint8Array(0),
  });
});

test('any bytes are a file or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const content = Uint8Array.of(0xff, 0xff, 0xff, 0x80, ...bytes);
      const file = parseFileMessage(content);
      if (file !== undefined) expect(encodeFileMessage(file)).toEqual(content);
    }),
    FIXED,
  );
});

test('a lone surrogate cannot be written', () => {
  const file = { name: '\ud800', bytes: new Uint8Array(0) };
  expect(codeOf(() => encodeFileMessage(file))).toBe('AMOP_CODEC_INVALID_ARGUMENT');
});
