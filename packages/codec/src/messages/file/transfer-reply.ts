import { viewOf } from '../../bytes/big-endian.ts';
import { invalidArgument } from '../../errors.ts';
import { FILE_HASH_BYTES } from './file-frame.ts';
import { isTransferReason, readReason, writeReason } from './transfer-reason.ts';

const Status = { ok: 0, chunk: 1, refused: 2, later: 3 } as const;

/** Most hashes of a path: of 2^18 chunks. */
const MAX_PATH = 18;

/** What a sender answers: what is sealed in a reply. */
export type TransferReply =
  /** Joined, or the report is taken. */
  | { readonly kind: 'ok' }
  /** The chunk that was asked for; `path`: hashes of 32 bytes from the leaf's neighbour up. */
  | { readonly kind: 'chunk'; readonly path: readonly Uint8Array[]; readonly bytes: Uint8Array }
  /** Nothing more will come. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Not now: the same request may be granted later. */
  | { readonly kind: 'later'; readonly reason: string };

/**
 * What comes before the bytes of a chunk. Shape: 1 u8 | hashes u8 | 32 for each hash.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT`
 */
export function encodeChunkHead(path: readonly Uint8Array[]): Uint8Array {
  if (path.length > MAX_PATH) throw invalidArgument('path', `up to ${MAX_PATH} hashes`);
  const head = new Uint8Array(2 + path.length * FILE_HASH_BYTES);
  head[0] = Status.chunk;
  head[1] = path.length;
  path.forEach((hash, at) => {
    if (hash.length !== FILE_HASH_BYTES) throw invalidArgument('path', 'hashes of 32 bytes');
    head.set(hash, 2 + at * FILE_HASH_BYTES);
  });
  return head;
}

/**
 * A reply without a chunk. Shape: status u8 (0 ok, 2 refused, 3 later) | reason in ASCII.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT`
 */
export function encodeTransferReply(reply: Exclude<TransferReply, { kind: 'chunk' }>): Uint8Array {
  const reason = reply.kind === 'ok' ? '' : reply.reason;
  if (!isTransferReason(reason)) throw invalidArgument('reason', 'a kebab-case word');
  const text = new Uint8Array(1 + reason.length);
  text[0] = Status[reply.kind];
  writeReason(text.subarray(1), reason);
  return text;
}

/** The reply in an opened text, its arrays views on it; undefined for anything else. */
export function parseTransferReply(text: Uint8Array): TransferReply | undefined {
  const status = text[0];
  if (status === Status.chunk) return parseChunk(text);
  const reason = readReason(text.subarray(1));
  if (reason === undefined) return undefined;
  if (status === Status.ok) return text.length === 1 ? { kind: 'ok' } : undefined;
  if (status === Status.refused) return { kind: 'refused', reason };
  return status === Status.later ? { kind: 'later', reason } : undefined;
}

function parseChunk(text: Uint8Array): TransferReply | undefined {
  const hashes = text[1];
  if (hashes === undefined || hashes > MAX_PATH) return undefined;
  const offset = 2 + hashes * FILE_HASH_BYTES;
  if (text.length < offset) return undefined;
  const path = Array.from({ length: hashes }, (_, at) =>
    viewOf(text, 2 + at * FILE_HASH_BYTES, 2 + (at + 1) * FILE_HASH_BYTES),
  );
  return { kind: 'chunk', path, bytes: viewOf(text, offset, text.length) };
}
