import { createHash } from 'node:crypto';

/** Bytes of a SHA-256 digest. */
export const SHA256_BYTES = 32;

/** The SHA-256 digest of the parts one after the other: 32 fresh bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return plainBytes(hash.digest());
}

/**
 * The SHA-256 digest of `tag`, a zero byte and the parts: what is signed for one purpose can never
 * be taken for something signed for another.
 *
 * @param tag ASCII without zero bytes
 */
export function taggedDigest(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256').update(tag, 'latin1').update(ZERO);
  for (const part of parts) hash.update(part);
  return plainBytes(hash.digest());
}

const ZERO = new Uint8Array(1);

/** The same memory without the methods of Buffer: they differ where Uint8Array copies. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
