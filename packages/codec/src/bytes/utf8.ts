import { viewOf } from './big-endian.ts';

const encoder = new TextEncoder();
// ignoreBOM keeps a leading U+FEFF: decoding has to be injective, so that bytes and text agree.
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Up to this many ASCII bytes a string built by hand is quicker than a decoder call. */
const SHORT_TEXT_BYTES = 24;

/** The UTF-8 bytes of `text`; lone surrogates become U+FFFD, so check for them first. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text of `bytes`, a leading BOM kept; undefined if they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** As `decodeUtf8` for a part of `bytes`, with a short cut for short ASCII, the usual topic. */
export function decodeUtf8Range(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > SHORT_TEXT_BYTES) return decodeUtf8(viewOf(bytes, start, end));
  let high = 0;
  for (let index = start; index < end; index++) high |= bytes[index] ?? 0;
  return high > 0x7f ? decodeUtf8(viewOf(bytes, start, end)) : asciiText(bytes, start, end);
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let index = start;
  for (; index + 8 <= end; index += 8) {
    text += String.fromCharCode(
      bytes[index] ?? 0,
      bytes[index + 1] ?? 0,
      bytes[index + 2] ?? 0,
      bytes[index + 3] ?? 0,
      bytes[index + 4] ?? 0,
      bytes[index + 5] ?? 0,
      bytes[index + 6] ?? 0,
      bytes[index + 7] ?? 0,
    );
  }
  for (; index < end; index++) text += String.fromCharCode(bytes[index] ?? 0);
  return text;
}

/** Orders two texts as their UTF-8 bytes: below 0 when `a` comes first, 0 when they are equal. */
export function compareUtf8(a: string, b: string): number {
  const common = Math.min(a.length, b.length);
  for (let index = 0; index < common; index++) {
    const unitA = a.charCodeAt(index);
    const unitB = b.charCodeAt(index);
    if (unitA !== unitB) return byteRank(unitA) - byteRank(unitB);
  }
  return a.length - b.length;
}

/** UTF-8 puts what UTF-16 writes with surrogates behind U+E000 to U+FFFF. */
function byteRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
