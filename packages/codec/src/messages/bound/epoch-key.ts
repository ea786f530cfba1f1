import { isSafeU64, u64be, viewOf, writeU64be } from '../../bytes/big-endian.ts';
import { invalidArgument } from '../../errors.ts';
import { EPOCH_KEY_BYTES, KEY_ID_BYTES } from './sizes.ts';

const KEY_OFFSET = KEY_ID_BYTES;
const EXPIRES_OFFSET = KEY_OFFSET + EPOCH_KEY_BYTES;
const EPOCH_HAND_OVER_BYTES = EXPIRES_OFFSET + 8;

/** What all proven subscribers of a topic are told, so that one multicast reaches them all. */
export interface EpochKey {
  /** 8 random bytes. */
  readonly id: Uint8Array;
  /** 32 random bytes. */
  readonly key: Uint8Array;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
}

/**
 * Body of a sealed message of type `epochKey`. Shape: epoch ID 8 | key 32 | expires u64be.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT`
 */
export function encodeEpochKey({ id, key, expiresMs }: EpochKey): Uint8Array {
  if (id.length !== KEY_ID_BYTES) throw invalidArgument('id', `${KEY_ID_BYTES} bytes`);
  if (key.length !== EPOCH_KEY_BYTES) throw invalidArgument('key', `${EPOCH_KEY_BYTES} bytes`);
  if (!isSafeU64(expiresMs)) throw invalidArgument('expiresMs', 'an integer from 0');
  const body = new Uint8Array(EPOCH_HAND_OVER_BYTES);
  body.set(id, 0);
  body.set(key, KEY_OFFSET);
  writeU64be(body, EXPIRES_OFFSET, expiresMs);
  return body;
}

/** The epoch key in a body, its arrays as views; undefined for anything else. */
export function parseEpochKey(body: Uint8Array): EpochKey | undefined {
  if (body.length !== EPOCH_HAND_OVER_BYTES) return undefined;
  const expiresMs = u64be(body, EXPIRES_OFFSET);
  if (expiresMs === undefined) return undefined;
  return {
    id: viewOf(body, 0, KEY_OFFSET),
    key: viewOf(body, KEY_OFFSET, EXPIRES_OFFSET),
    expiresMs,
  };
}
