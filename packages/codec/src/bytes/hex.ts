const HEX = /^(?:[0-9a-f]{2})*$/;

/** The bytes as lower-case hex digits. */
export function hexOf(bytes: Uint8Array): string {
  let digits = '';
  for (const byte of bytes) digits += byte.toString(16).padStart(2, '0');
  return digits;
}

/** Whether `text` is `bytes` bytes in lower-case hex digits. */
export function isHex(text: string, bytes: number): boolean {
  return text.length === 2 * bytes && HEX.test(text);
}

/** Writes the bytes that `digits` stand for. The caller has checked them with {@link isHex}. */
export function writeHex(target: Uint8Array, offset: number, digits: string): void {
  for (let at = 0; at < digits.length; at += 2) {
    target[offset + at / 2] = Number.parseInt(digits.slice(at, at + 2), 16);
  }
}
