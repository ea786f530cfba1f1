// A signer of the README.
import { type PublicKey, parsePublicKey, verifyDigest } from '@amop/crypto';

/** Order of secp256k1 (SEC 2). */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** `signInDevice` gives r and s, 64 bytes. */
export function deviceSigner(
  publicKeyPem: string,
  signInDevice: (digest: Uint8Array) => Promise<Uint8Array>,
): { publicKey: PublicKey; sign: (digest: Uint8Array) => Promise<Uint8Array> } {
  const publicKey = parsePublicKey(publicKeyPem);
  const sign = async (digest: Uint8Array): Promise<Uint8Array> => {
    const rs = await signInDevice(digest);
    const s = BigInt(`0x${Buffer.from(rs.subarray(32)).toString('hex')}`);
    const low = s > ORDER / 2n ? ORDER - s : s;
    const lowBytes = Buffer.from(low.toString(16).padStart(64, '0'), 'hex');
    for (const v of [0, 1]) {
      const signature = Uint8Array.of(...rs.subarray(0, 32), ...lowBytes, v);
      if (verifyDigest(signature, digest, publicKey)) return signature;
    }
    throw new Error('the device signed with another key');
  };
  return { publicKey, sign };
}
