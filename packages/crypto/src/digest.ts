import { keccak_256 } from '@noble/hashes/sha3.js';

/** Bytes of a Keccak-256 digest. */
export const DIGEST_BYTES = 32;

/**
 * Gives back the Keccak-256 digest of `bytes`: 32 fresh bytes.
 *
 * This is the legacy padding (0x01) that the original and Ethereum use, not SHA3-256 (0x06).
 * Source: docs/protocol.md, "Signature" (spec 10.4).
 *
 * @example
 * keccak256(new Uint8Array()); // c5d24601 86f7233c ...
 */
export function keccak256(bytes: Uint8Array): Uint8Array {
  return keccak_256(bytes);
}
