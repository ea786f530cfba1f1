import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';

/** Length of r and s together. */
const COMPACT_BYTES = 64;

/** A key of a subscriber, and what it does with a challenge (spec 10.4). */
export class ChallengeSigner {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array = secp256k1.utils.randomSecretKey()) {
    this.#secret = secret;
  }

  /** 128 hex digits: X and Y. */
  get publicKey(): string {
    const point = secp256k1.getPublicKey(this.#secret, false);
    return Buffer.from(point.subarray(1)).toString('hex');
  }

  /** r | s | v, 65 bytes, over the Keccak-256 of the content; v is 0 or 1. */
  sign(content: Uint8Array): Buffer {
    const options = { prehash: false, format: 'recovered' } as const;
    const [v = 0, ...rs] = secp256k1.sign(keccak_256(content), this.#secret, options);
    return Buffer.from([...rs, v]);
  }
}

/** Whether the answer to a challenge is as the Java SDK wants it from the owner of the key. */
export function isSignedBy(publicKey: string, content: Uint8Array, answer: Uint8Array): boolean {
  if (answer.length !== COMPACT_BYTES + 1) return false;
  const recovered = Uint8Array.of(answer[COMPACT_BYTES] ?? 0, ...answer.subarray(0, COMPACT_BYTES));
  try {
    const point = secp256k1.recoverPublicKey(recovered, keccak_256(content), { prehash: false });
    const full = secp256k1.Point.fromBytes(point).toBytes(false);
    return Buffer.from(full.subarray(1)).toString('hex') === publicKey;
  } catch {
    // A signature that gives no point is one of nobody.
    return false;
  }
}
