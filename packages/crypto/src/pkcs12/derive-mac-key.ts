import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

/** What a derived key is for: authentication (RFC 7292, appendix B.3, ID 3). */
const MAC_ID = 3;

/** Bytes that a digest takes in at a time: v of RFC 7292, appendix B.2. */
const BLOCK_BYTES = { sha1: 64, sha224: 64, sha256: 64, sha384: 128, sha512: 128 } as const;

/** A digest that the MAC of a PKCS#12 file may be made with, as `node:crypto` names it. */
export type MacDigest = keyof typeof BLOCK_BYTES;

/** What a MAC key comes from. */
export interface MacKeySource {
  readonly digest: MacDigest;
  /** As {@link passwordBytes} gives it. */
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  /** Rounds, at least 1; the caller has bounded them. */
  readonly iterations: number;
}

/**
 * Gives back a password as PKCS#12 takes it: UTF-16, big-endian, with two zero bytes at its end.
 *
 * @see RFC 7292, appendix B.1
 */
export function passwordBytes(password: string): Uint8Array {
  return Uint8Array.from(Buffer.from(`${password}\0`, 'utf16le').swap16());
}

/**
 * Gives back the key of the MAC: as long as one digest, so that one block of the derivation is enough.
 *
 * OpenSSL opens the keys of a file by itself, but Node.js has no door to its derivation for the MAC.
 *
 * @see RFC 7292, appendix B.2
 */
export function deriveMacKey({ digest, iterations, password, salt }: MacKeySource): Uint8Array {
  const block = BLOCK_BYTES[digest];
  const diversifier = new Uint8Array(block).fill(MAC_ID);
  const input = Buffer.concat([diversifier, repeated(salt, block), repeated(password, block)]);
  let key = createHash(digest).update(input).digest();
  for (let round = 1; round < iterations; round += 1) {
    key = createHash(digest).update(key).digest();
  }
  return Uint8Array.from(key);
}

/** The bytes again and again, up to a whole number of blocks. */
function repeated(bytes: Uint8Array, block: number): Uint8Array {
  const length = Math.ceil(bytes.length / block) * block;
  return Uint8Array.from({ length }, (_, index) => bytes[index % bytes.length] ?? 0);
}
