import { u64be, viewOf, writeU64be } from '../../bytes/big-endian.ts';
import { hexOf } from '../../bytes/hex.ts';
import { invalidArgument } from '../../errors.ts';
import { BOUND_HEAD_BYTES, BoundKind, boundKind, writeBoundHead } from './bound-frame.ts';
import { KEY_ID_BYTES, TAG_BYTES } from './sizes.ts';

const COUNTER_OFFSET = BOUND_HEAD_BYTES + KEY_ID_BYTES;

/**
 * Bytes before the sealed text, in sealed messages and in epoch messages:
 * head (5) | key ID or epoch ID (8) | counter u64be.
 */
export const SEALED_HEAD_BYTES: number = COUNTER_OFFSET + 8;

/** Bytes that a sealed message has more than its body: its head, the type of the text, the tag. */
export const SEALED_OVERHEAD_BYTES: number = SEALED_HEAD_BYTES + 1 + TAG_BYTES;

/** First byte of what a sealed message to a subscriber says. */
export const SealedType = {
  /** A body that wants an answer. */
  request: 0,
  /** A body that wants none; its frame is answered with empty data. */
  multicast: 1,
  /** The key of an epoch ({@link EpochKey}). */
  epochKey: 2,
  /** The publisher has withdrawn its trust: the key is dead after this. */
  withdraw: 3,
} as const;

/** One of the known types. */
export type SealedType = (typeof SealedType)[keyof typeof SealedType];

/** First byte of what a sealed answer says. */
export const SealedStatus = {
  ok: 0,
  /** The handler threw; the rest is an error detail as JSON. */
  handlerFailed: 1,
  /** The message was read and is not taken. */
  declined: 2,
} as const;

/** One of the known states. */
export type SealedStatus = (typeof SealedStatus)[keyof typeof SealedStatus];

/** A sealed message or epoch message taken apart. All arrays are views. */
export interface SealedMessage {
  /** 8 bytes: which keys it is sealed with. */
  readonly keyId: Uint8Array;
  /** Number of the message under its key, 0 to 2^53 - 1. */
  readonly counter: number;
  /** Ciphertext and tag. */
  readonly sealed: Uint8Array;
}

/** The sealed message in a content; undefined for anything else, also above the largest counter. */
export function parseSealedMessage(content: Uint8Array): SealedMessage | undefined {
  if (boundKind(content) !== BoundKind.sealed) return undefined;
  return partsOf(content, SEALED_OVERHEAD_BYTES);
}

/** The epoch message in a content, its epoch ID as `keyId`; undefined for anything else. */
export function parseEpochMessage(content: Uint8Array): SealedMessage | undefined {
  if (boundKind(content) !== BoundKind.epoch) return undefined;
  return partsOf(content, SEALED_HEAD_BYTES + TAG_BYTES);
}

/** The ID of the keys of a sealed or epoch message as 16 hex digits, for tables; undefined for neither. */
export function sealedKeyId(content: Uint8Array): string | undefined {
  const kind = boundKind(content);
  if (kind !== BoundKind.sealed && kind !== BoundKind.epoch) return undefined;
  if (content.length < SEALED_HEAD_BYTES) return undefined;
  return hexOf(viewOf(content, BOUND_HEAD_BYTES, COUNTER_OFFSET));
}

/**
 * Writes the {@link SEALED_HEAD_BYTES} bytes of a head with counter 0 at the start of `target`.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT` for a key ID that has not 8 bytes
 */
export function writeSealedHead(
  target: Uint8Array,
  kind: typeof BoundKind.sealed | typeof BoundKind.epoch,
  keyId: Uint8Array,
): void {
  if (keyId.length !== KEY_ID_BYTES) throw invalidArgument('keyId', `${KEY_ID_BYTES} bytes`);
  writeBoundHead(target, kind);
  target.set(keyId, BOUND_HEAD_BYTES);
  writeSealedCounter(target, 0);
}

/** Writes another counter, 0 to 2^53 - 1, into a head. */
export function writeSealedCounter(target: Uint8Array, counter: number): void {
  writeU64be(target, COUNTER_OFFSET, counter);
}

function partsOf(content: Uint8Array, minBytes: number): SealedMessage | undefined {
  if (content.length < minBytes) return undefined;
  const counter = u64be(content, COUNTER_OFFSET);
  if (counter === undefined) return undefined;
  return {
    keyId: viewOf(content, BOUND_HEAD_BYTES, COUNTER_OFFSET),
    counter,
    sealed: viewOf(content, SEALED_HEAD_BYTES, content.length),
  };
}
