/** Longest reason, in characters. */
const MAX_REASON = 64;
const REASON = /^[a-z0-9-]*$/;

/** Whether a text may be told as a reason: a kebab-case word, or nothing. */
export function isTransferReason(text: string): boolean {
  return text.length <= MAX_REASON && REASON.test(text);
}

/** Writes a reason that was checked with {@link isTransferReason}. */
export function writeReason(target: Uint8Array, reason: string): void {
  for (let at = 0; at < reason.length; at++) target[at] = reason.charCodeAt(at);
}

/** The reason in bytes; undefined for anything else. */
export function readReason(bytes: Uint8Array): string | undefined {
  if (bytes.length > MAX_REASON) return undefined;
  const reason = String.fromCharCode(...bytes);
  return REASON.test(reason) ? reason : undefined;
}
