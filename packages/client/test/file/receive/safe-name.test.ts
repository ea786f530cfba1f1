import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberedName, safeName } from '../../../src/file/receive/safe-name.ts';

const MAX_BYTES = 230;

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

test.each([
  ['report.pdf', 'report.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['/etc/passwd', 'passwd'],
  ['..\\..\\boot.ini', 'boot.ini'],
  ['C:\\x', 'x'],
  ['C:x', 'x'],
  ['a/b\\c', 'c'],
  ['folder/', 'folder'],
  ['', 'file'],
  ['.', 'file'],
  ['..', 'file'],
  ['../..', 'file'],
  ['///', 'file'],
  ['   ', 'file'],
  ['...', 'file'],
  ['\0', 'file'],
  ['a\0b', 'ab'],
  ['a\nb\rc\u001bd', 'abcd'],
  ['invoice\u202efdp.exe', 'invoicefdp.exe'],
  ['in\u200bvis\ufeffible', 'invisible'],
  ['CON', '_CON'],
  ['con', '_con'],
  ['nul.txt', '_nul.txt'],
  ['COM1.log', '_COM1.log'],
  ['LPT9', '_LPT9'],
  ['console', 'console'],
  ['name. . .', 'name'],
  ['  name  ', 'name'],
  ['.part', 'part'],
  ['.amop-files', 'amop-files'],
  ['.bashrc', 'bashrc'],
  ['a<b>c:d"e|f?g*h', 'a_b_c_d_e_f_g_h'],
  ['\ud800', 'file'],
  ['a\udc00b', 'ab'],
  ['cafe\u0301', 'caf\u00e9'],
  ['报告.pdf', '报告.pdf'],
  ['😀.txt', '😀.txt'],
])('%j is %j', (offered, name) => {
  expect(safeName(offered)).toBe(name);
});

test('300 Chinese characters are cut between two of them', () => {
  const name = safeName(`${'报'.repeat(300)}.pdf`);
  expect(name).toBe(`${'报'.repeat(75)}.pdf`);
});

test('an emoji at the cut is left out, not halved', () => {
  const name = safeName(`${'a'.repeat(MAX_BYTES - 2)}😀😀`);
  expect(name).toBe('a'.repeat(MAX_BYTES - 2));
});

test('an ending that is too long to be one is cut with the rest', () => {
  expect(safeName(`a.${'b'.repeat(300)}`)).toBe(`a.${'b'.repeat(MAX_BYTES - 2)}`);
});

test('blanks and dots before the cut do not stay at the end of the stem', () => {
  expect(safeName(`a${'. '.repeat(200)}x.txt`)).toBe('a.txt');
});

/** Pieces that are likely to find a way around the rules. */
const pieces = fc.constantFrom(
  ...[
    '/',
    '\\',
    ':',
    '.',
    '..',
    ' ',
    'C:',
    'CON',
    'nul',
    '.part',
    '\0',
    '\u202e',
    '\ud83d',
    '\ude00',
  ],
  ...[
    'e\u0301',
    '\u0301',
    '报',
    '😀',
    'a'.repeat(225),
    '*',
    '\u00a0',
    '\u3000',
    '\u2028',
    '\ufdfa',
  ],
);
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 12 })
    .map((parts) => parts.join('')),
);

test('whatever is offered, it is one visible name that fits, and stays as it is', () => {
  fc.assert(
    fc.property(hostile, (offered) => {
      const name = safeName(offered);
      expect(name).not.toBe('');
      expect(bytesOf(name)).toBeLessThanOrEqual(MAX_BYTES);
      expect(name).not.toMatch(/[/\\:\p{Cc}\p{Surrogate}]/u);
      expect(name).not.toMatch(/^[.\s]|[.\s]$/u);
      expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/iu);
      expect(safeName(name)).toBe(name);
    }),
    { seed: 20261126, numRuns: 3_000 },
  );
});

test('a number goes before the ending', () => {
  expect(numberedName('report.pdf', 0)).toBe('report.pdf');
  expect(numberedName('report.pdf', 1)).toBe('report (1).pdf');
  expect(numberedName('archive.tar.gz', 2)).toBe('archive.tar (2).gz');
  expect(numberedName('README', 3)).toBe('README (3)');
});

test('with a number and .part the longest name still fits a file system', () => {
  const name = safeName('报'.repeat(300));
  expect(bytesOf(`${numberedName(name, 9_999)}.part`)).toBeLessThanOrEqual(255);
});
