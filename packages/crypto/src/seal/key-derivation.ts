import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { plainBytes } from './tagged-digest.ts';

/**
 * Key bytes by HKDF-SHA256 (RFC 5869): `bytes` fresh bytes, others for each `info`.
 *
 * @param secret what was agreed on
 * @param salt ties the keys to the talk in which it was agreed on
 * @param info ASCII: what the key is for
 * @param bytes 1 to 8160
 */
export function hkdfSha256(
  secret: Uint8Array,
  salt: Uint8Array,
  info: string,
  bytes: number,
): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, info, bytes));
}

/** The HMAC-SHA256 (RFC 2104) of the parts one after the other: 32 fresh bytes. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return plainBytes(hmac.digest());
}

/** Whether two MACs are equal; how long it takes tells nothing about where they differ. */
export function isSameMac(mine: Uint8Array, theirs: Uint8Array): boolean {
  return mine.length === theirs.length && timingSafeEqual(mine, theirs);
}
