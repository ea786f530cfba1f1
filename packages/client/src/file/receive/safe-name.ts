import { win32 } from 'node:path';

/** Longest name that is used, in bytes of UTF-8: of 255, what `.part` and a number need is left. */
const MAX_NAME_BYTES = 230;
/** Longest ending that survives when a name is cut. */
const MAX_ENDING_BYTES = 32;
const NO_NAME = 'file';

/** Controls, and what makes a text look like another one: marks of direction, joiners, separators. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\p{Surrogate}]/gu;
/** Means something to a shell of Windows or to its file systems. */
const NOT_ON_WINDOWS = /[<>:"|?*]/gu;
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/iu;

/**
 * A name for a file in a folder, made of one that a stranger wrote: the last part of a path, without
 * what is unseen or not allowed somewhere, not hidden, no device, at most 230 bytes. Never empty.
 *
 * @example safeName('../../etc/passwd'); // 'passwd'
 */
export function safeName(offered: string): string {
  const last = win32.basename(offered.replace(UNSEEN, '').normalize('NFC'));
  const plain = trim(last.replace(NOT_ON_WINDOWS, '_'));
  if (plain === '') return NO_NAME;
  return cut(DEVICE.test(plain) ? `_${plain}` : plain);
}

/** The name with a number before its ending, for when it is taken: `report (1).pdf`. */
export function numberedName(name: string, number: number): string {
  if (number === 0) return name;
  const { stem, ending } = split(name);
  return `${stem} (${number})${ending}`;
}

/** Without dots and blanks where they hide a file or where Windows drops them. */
function trim(name: string): string {
  return name.replace(/^[\s.]+|[\s.]+$/gu, '');
}

function cut(name: string): string {
  if (bytesOf(name) <= MAX_NAME_BYTES) return name;
  const { stem, ending } = split(name);
  let kept = '';
  let left = MAX_NAME_BYTES - bytesOf(ending);
  for (const character of stem) {
    left -= bytesOf(character);
    if (left < 0) break;
    kept += character;
  }
  return `${trim(kept)}${ending}`;
}

function split(name: string): { readonly stem: string; readonly ending: string } {
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || bytesOf(name.slice(dot)) > MAX_ENDING_BYTES) return { stem: name, ending: '' };
  return { stem: name.slice(0, dot), ending: name.slice(dot) };
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
