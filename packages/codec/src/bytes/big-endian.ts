const TWO_TO_32 = 0x1_0000_0000;
/** Upper half of the largest integer that a number holds exactly. */
const MAX_HIGH = 0x1f_ffff;

/** The u16 at `offset`, most significant byte first. The caller has checked the bounds. */
export function u16be(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

/** The i32 at `offset`, most significant byte first. The caller has checked the bounds. */
export function i32be(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] ?? 0) << 24) |
    ((bytes[offset + 1] ?? 0) << 16) |
    ((bytes[offset + 2] ?? 0) << 8) |
    (bytes[offset + 3] ?? 0)
  );
}

/** The u32 at `offset`, most significant byte first. The caller has checked the bounds. */
export function u32be(bytes: Uint8Array, offset: number): number {
  return i32be(bytes, offset) >>> 0;
}

/**
 * The u64 at `offset`, most significant byte first; undefined above 2^53 - 1, which a number cannot
 * hold exactly. The caller has checked the bounds.
 */
export function u64be(bytes: Uint8Array, offset: number): number | undefined {
  const high = u32be(bytes, offset);
  return high > MAX_HIGH ? undefined : high * TWO_TO_32 + u32be(bytes, offset + 4);
}

/** Writes the low 16 bits of `value`, most significant byte first. */
export function writeU16be(target: Uint8Array, offset: number, value: number): void {
  target[offset] = value >>> 8;
  target[offset + 1] = value;
}

/** Writes the low 32 bits of `value` (signed or not), most significant byte first. */
export function writeU32be(target: Uint8Array, offset: number, value: number): void {
  target[offset] = value >>> 24;
  target[offset + 1] = value >>> 16;
  target[offset + 2] = value >>> 8;
  target[offset + 3] = value;
}

/** Writes `value`, 0 to 2^53 - 1, as u64, most significant byte first. */
export function writeU64be(target: Uint8Array, offset: number, value: number): void {
  writeU32be(target, offset, Math.floor(value / TWO_TO_32));
  writeU32be(target, offset + 4, value % TWO_TO_32);
}

/** Whether `value` is an integer that {@link writeU64be} writes exactly. */
export function isSafeU64(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Whether `value` is an integer that fits an unsigned 16-bit field. */
export function isU16(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff;
}

/** Whether `value` is an integer that fits an unsigned 32-bit field. */
export function isU32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffffffff;
}

/** Whether `value` is an integer that fits a signed 32-bit field. */
export function isI32(value: number): boolean {
  return (value | 0) === value;
}

/** A view on `bytes` from `start` to `end`: always a plain Uint8Array, nothing is copied. */
export function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}
