import type { BoundOffer, BoundProof } from '@amop/codec';
import {
  hkdfSha256,
  hmacSha256,
  type PublicKey,
  sha256,
  taggedDigest,
  verifyTagged,
} from '@amop/crypto';

const OFFER_TAG = 'AMOP private topic v1 offer';
const PROOF_TAG = 'AMOP private topic v1 proof';
const KEY_BYTES = 32;
const KEY_ID_BYTES = 8;

/** The one suite that is spoken: X25519, HKDF-SHA256, AES-256-GCM. 2 is kept for the 国密 ones. */
export const SUITE = 1;

/** What publisher and subscriber alone know after a proof. Overwrite it with {@link forgetKeys}. */
export interface BoundKeys {
  /** For the MAC at the end of the proof. */
  readonly mac: Uint8Array;
  /** Publisher to subscriber. */
  readonly toSubscriber: Uint8Array;
  /** Subscriber to publisher. */
  readonly toPublisher: Uint8Array;
  /** 8 bytes that name the keys; no secret. */
  readonly keyId: Uint8Array;
}

/** What the publisher signs. */
export function offerDigest({ signed }: BoundOffer): Uint8Array {
  return taggedDigest(OFFER_TAG, signed);
}

/** Whether the offer carries a signature of that key. */
export function isOfferSigned({ signature, signed }: BoundOffer, by: PublicKey): boolean {
  return verifyTagged(signature, OFFER_TAG, [signed], by);
}

/** What the subscriber signs: its proof, and the whole offer it answers. */
export function proofDigest(offer: BoundOffer, { signed }: BoundProof): Uint8Array {
  return taggedDigest(PROOF_TAG, sha256(offer.content), signed);
}

/** Whether the proof carries a signature of that key, over this offer. */
export function isProofSigned(offer: BoundOffer, proof: BoundProof, by: PublicKey): boolean {
  return verifyTagged(proof.signature, PROOF_TAG, [sha256(offer.content), proof.signed], by);
}

/** The MAC that the proof has to end with. */
export function proofMac(offer: BoundOffer, proof: BoundProof, keys: BoundKeys): Uint8Array {
  return hmacSha256(keys.mac, proof.authenticated, sha256(offer.content));
}

/**
 * The keys that come from one offer and one proof. `shared` is overwritten.
 *
 * @param shared what the ephemeral keys of both agree on
 */
export function deriveKeys(shared: Uint8Array, offer: BoundOffer, proof: BoundProof): BoundKeys {
  const salt = sha256(offer.content, proof.signed);
  const derive = (use: string, bytes: number): Uint8Array =>
    hkdfSha256(shared, salt, `AMOP private topic v1 ${use}`, bytes);
  const keys = {
    mac: derive('mac', KEY_BYTES),
    toSubscriber: derive('p2s', KEY_BYTES),
    toPublisher: derive('s2p', KEY_BYTES),
    keyId: derive('key id', KEY_ID_BYTES),
  };
  shared.fill(0);
  return keys;
}

/** Overwrites the keys: whoever needs one has a copy. */
export function forgetKeys({ mac, toSubscriber, toPublisher }: BoundKeys): void {
  for (const key of [mac, toSubscriber, toPublisher]) key.fill(0);
}
