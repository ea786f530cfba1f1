import fc from 'fast-check';
import { toHex } from './vector-file.ts';

/** Every property of this package runs from this seed: a failure repeats. */
export const FIXED: { readonly seed: number; readonly numRuns: number } = {
  seed: 20_200,
  numRuns: 300,
};

/** Any bytes, up to `maxLength`. */
export function anyBytes(maxLength: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ maxLength });
}

/** A sequence: any 32 bytes. */
export const anySeq: fc.Arbitrary<Uint8Array> = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** Any u16. */
export const anyU16: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffff });

/** Any u32. */
export const anyU32: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffff_ffff });

/** Any i32. */
export const anyI32: fc.Arbitrary<number> = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });

/** Well-formed text without control characters, one to twenty characters. */
export const anyTopic: fc.Arbitrary<string> = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 20 })
  .filter((text) => /^[^\p{Cc}\p{Surrogate}]+$/u.test(text));

/** `bytes` cut into chunks at the given places. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  );
  const starts = [0, ...ends];
  return starts.map((start, index) => bytes.slice(start, ends[index] ?? bytes.length));
}

/** The chunks one after the other. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
}

/** Any `count` bytes. */
export function exactBytes(count: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: count, maxLength: count });
}

/** Any `bytes` bytes in lower-case hex digits. */
export function anyHex(bytes: number): fc.Arbitrary<string> {
  return exactBytes(bytes).map(toHex);
}

/** Any reason that parties of a file transfer may tell. */
export const anyReason: fc.Arbitrary<string> = fc.stringMatching(/^[a-z0-9-]{0,64}$/);
