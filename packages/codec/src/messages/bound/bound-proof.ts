import { viewOf } from '../../bytes/big-endian.ts';
import { FieldReader } from '../../bytes/field-reader.ts';
import { invalidArgument } from '../../errors.ts';
import { BOUND_HEAD_BYTES, BoundKind, boundKind, writeBoundHead } from './bound-frame.ts';
import { EPHEMERAL_BYTES, KEY_BYTES, MAC_BYTES, NONCE_BYTES, SIGNATURE_BYTES } from './sizes.ts';

const SIGNED_BYTES = BOUND_HEAD_BYTES + KEY_BYTES + EPHEMERAL_BYTES + NONCE_BYTES;
const PROOF_BYTES = SIGNED_BYTES + SIGNATURE_BYTES + MAC_BYTES;

/** What a subscriber says in its proof. */
export interface BoundProofFields {
  /** 64 bytes: X then Y of its key on secp256k1. */
  readonly subscriberKey: Uint8Array;
  /** 32 bytes: its X25519 key for this proof alone. */
  readonly ephemeral: Uint8Array;
  /** 32 random bytes. */
  readonly nonce: Uint8Array;
}

/** A proof: what it says, and its bytes. All arrays are views on `content`. */
export interface BoundProof extends BoundProofFields {
  readonly content: Uint8Array;
  /** What the signature is made over, after its tag and the hash of the offer. */
  readonly signed: Uint8Array;
  /** 65 bytes: r | s | v. */
  readonly signature: Uint8Array;
  /** What the MAC is made over, before the hash of the offer: everything but the MAC. */
  readonly authenticated: Uint8Array;
  /** 32 bytes. */
  readonly mac: Uint8Array;
}

/**
 * A proof whose signature and MAC are still to be written into their views.
 *
 * Shape: head | subscriber key 64 | ephemeral 32 | nonce 32 | signature 65 | MAC 32.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT`
 * @see docs/private-topics.md
 */
export function draftBoundProof(fields: BoundProofFields): BoundProof {
  const { subscriberKey, ephemeral, nonce } = fields;
  if (subscriberKey.length !== KEY_BYTES) throw invalidArgument('subscriberKey', '64 bytes');
  if (ephemeral.length !== EPHEMERAL_BYTES) throw invalidArgument('ephemeral', '32 bytes');
  if (nonce.length !== NONCE_BYTES) throw invalidArgument('nonce', '32 bytes');
  const content = new Uint8Array(PROOF_BYTES);
  writeBoundHead(content, BoundKind.proof);
  const draft = viewsOn(content);
  draft.subscriberKey.set(subscriberKey);
  draft.ephemeral.set(ephemeral);
  draft.nonce.set(nonce);
  return draft;
}

/** The proof in a content; undefined for anything else. Key, signature and MAC are not looked at. */
export function parseBoundProof(content: Uint8Array): BoundProof | undefined {
  if (boundKind(content) !== BoundKind.proof || content.length !== PROOF_BYTES) return undefined;
  return viewsOn(content);
}

function viewsOn(content: Uint8Array): BoundProof {
  const fields = new FieldReader(content, BOUND_HEAD_BYTES);
  return {
    subscriberKey: fields.take(KEY_BYTES),
    ephemeral: fields.take(EPHEMERAL_BYTES),
    nonce: fields.take(NONCE_BYTES),
    content,
    signed: viewOf(content, 0, SIGNED_BYTES),
    signature: fields.take(SIGNATURE_BYTES),
    authenticated: viewOf(content, 0, PROOF_BYTES - MAC_BYTES),
    mac: fields.take(MAC_BYTES),
  };
}
