import { chunkCount, chunkSize } from '@amop/codec';
import { MERKLE_HASH_BYTES, merkleLeafHash } from '@amop/crypto';
import { sourceChanged, unreadable } from '../file-error.ts';
import type { Source } from './source.ts';

/** What to read of a source, and who hears how far that is. */
export interface HashOptions {
  readonly chunkBytes: number;
  readonly signal: AbortSignal | undefined;
  /** Bytes read so far. */
  readonly onRead: (bytes: number) => void;
}

/**
 * The hashes of all chunks of a source, one after the other, 32 bytes each. Reads it once, with two
 * chunks in memory: one is read while the other is hashed. What was written to meanwhile may be a file
 * that never was: it is not sent.
 *
 * @throws ClientError `AMOP_CLIENT_FILE_SOURCE`; the reason of the signal
 */
export async function hashSource(source: Source, options: HashOptions): Promise<Uint8Array> {
  const { chunkBytes, onRead, signal } = options;
  const { size } = source;
  const count = chunkCount(size, chunkBytes);
  const leaves = new Uint8Array(count * MERKLE_HASH_BYTES);
  const bufferBytes = Math.min(chunkBytes, size);
  const buffers = [new Uint8Array(bufferBytes), new Uint8Array(bufferBytes)] as const;
  let reading = count > 0 ? readChunk(source, 0, buffers[0], chunkBytes) : undefined;
  for (let index = 0; reading !== undefined; index++) {
    const bytes = await reading;
    signal?.throwIfAborted();
    const next = index + 1;
    const target = next % 2 === 0 ? buffers[0] : buffers[1];
    reading = next < count ? readChunk(source, next, target, chunkBytes) : undefined;
    leaves.set(merkleLeafHash(bytes), index * MERKLE_HASH_BYTES);
    onRead(Math.min(next * chunkBytes, size));
  }
  await checkUnchanged(source);
  return leaves;
}

/** @throws ClientError `AMOP_CLIENT_FILE_SOURCE` if it was written to since it was opened */
export async function checkUnchanged(source: Source): Promise<void> {
  const isUnchanged = await source.isUnchanged().catch((cause: unknown) => {
    throw unreadable(source.name, cause);
  });
  if (!isUnchanged) throw sourceChanged(source.name);
}

/**
 * One chunk of a source, a view on `target`.
 *
 * @throws ClientError `AMOP_CLIENT_FILE_SOURCE`
 */
export async function readChunk(
  source: Source,
  index: number,
  target: Uint8Array,
  chunkBytes: number,
): Promise<Uint8Array> {
  const bytes = target.subarray(0, chunkSize(index, source.size, chunkBytes));
  let read: number;
  try {
    read = await source.read(bytes, index * chunkBytes);
  } catch (cause) {
    throw unreadable(source.name, cause);
  }
  if (read < bytes.length) throw sourceChanged(source.name);
  return bytes;
}
