import { PublicKey } from '@amop/crypto';

/** The key on secp256k1 with these 64 bytes; undefined if the point does not lie on it. */
export function readPublicKey(point: Uint8Array): PublicKey | undefined {
  try {
    return new PublicKey('secp256k1', point);
  } catch {
    // Bytes from the wire: the class has no other way to say that they are no point.
    return undefined;
  }
}
