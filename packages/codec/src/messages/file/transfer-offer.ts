import {
  isSafeU64,
  u16be,
  u32be,
  u64be,
  writeU16be,
  writeU32be,
  writeU64be,
} from '../../bytes/big-endian.ts';
import { FieldReader } from '../../bytes/field-reader.ts';
import { hexOf, isHex, writeHex } from '../../bytes/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../../bytes/utf8.ts';
import { invalidArgument } from '../../errors.ts';
import {
  chunkCount,
  FILE_HASH_BYTES,
  FILE_HEAD_BYTES,
  FileFrameKind,
  fileFrameKind,
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  MIN_CHUNK_BYTES,
  TRANSFER_ID_BYTES,
  TRANSFER_SECRET_BYTES,
  writeFileHead,
} from './file-frame.ts';

/** Longest name in an offer, in bytes of UTF-8. */
export const MAX_OFFERED_NAME_BYTES = 4096;

const TO_ALL = 1;
const BOUND = 2;
/** Stands in the place of the receiver where there is none. */
const NOBODY = '00'.repeat(TRANSFER_ID_BYTES);
const FIXED_BYTES =
  FILE_HEAD_BYTES +
  1 +
  TRANSFER_ID_BYTES +
  TRANSFER_SECRET_BYTES +
  FILE_HASH_BYTES +
  8 +
  4 +
  TRANSFER_ID_BYTES +
  2;

/** What a sender offers. Whoever has read it can ask for the file. */
export interface TransferOffer {
  /** 32 lower-case hex digits; also names the topic of the sender. */
  readonly transfer: string;
  /** Everybody may take it, not only the first who comes. */
  readonly toAll: boolean;
  /** The only receiver that may still take it, 32 hex digits; undefined while nobody has. */
  readonly receiver: string | undefined;
  /** 32 bytes: what all keys of the transfer are made of. */
  readonly secret: Uint8Array;
  /** 32 bytes: root of the Merkle tree over the chunks. */
  readonly root: Uint8Array;
  /** Bytes of the file. */
  readonly size: number;
  /** Bytes of each chunk but the last. */
  readonly chunkBytes: number;
  /** As the sender wrote it: hostile. */
  readonly name: string;
}

/**
 * Shape: head | flags u8 (1: to all, 2: bound) | transfer 16 | secret 32 | root 32 | size u64be |
 * chunk bytes u32be | receiver 16 (zeros unless bound) | bytes of the name u16be | name in UTF-8.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT`
 * @see docs/files.md
 */
export function encodeTransferOffer(offer: TransferOffer): Uint8Array {
  const { transfer, receiver, secret, root, size, chunkBytes } = offer;
  const name = encodeUtf8(offer.name);
  if (!isHex(transfer, TRANSFER_ID_BYTES)) throw invalidArgument('transfer', '32 hex digits');
  if (receiver !== undefined && !isHex(receiver, TRANSFER_ID_BYTES)) {
    throw invalidArgument('receiver', '32 hex digits');
  }
  if (secret.length !== TRANSFER_SECRET_BYTES) throw invalidArgument('secret', '32 bytes');
  if (root.length !== FILE_HASH_BYTES) throw invalidArgument('root', '32 bytes');
  if (!isFileShape(size, chunkBytes)) throw invalidArgument('size', 'a size in up to 2^18 chunks');
  if (name.length > MAX_OFFERED_NAME_BYTES || decodeUtf8(name) !== offer.name) {
    throw invalidArgument('name', `well-formed text of up to ${MAX_OFFERED_NAME_BYTES} bytes`);
  }
  const content = new Uint8Array(FIXED_BYTES + name.length);
  writeFileHead(content, FileFrameKind.offer);
  const out = new FieldReader(content, FILE_HEAD_BYTES);
  out.take(1)[0] = (offer.toAll ? TO_ALL : 0) | (receiver === undefined ? 0 : BOUND);
  writeHex(out.take(TRANSFER_ID_BYTES), 0, transfer);
  out.take(TRANSFER_SECRET_BYTES).set(secret);
  out.take(FILE_HASH_BYTES).set(root);
  writeU64be(out.take(8), 0, size);
  writeU32be(out.take(4), 0, chunkBytes);
  writeHex(out.take(TRANSFER_ID_BYTES), 0, receiver ?? NOBODY);
  writeU16be(out.take(2), 0, name.length);
  out.take(name.length).set(name);
  return content;
}

/** The offer in a content, its arrays views on it; undefined for anything else. */
export function parseTransferOffer(content: Uint8Array): TransferOffer | undefined {
  if (fileFrameKind(content) !== FileFrameKind.offer || content.length < FIXED_BYTES) {
    return undefined;
  }
  const fields = new FieldReader(content, FILE_HEAD_BYTES);
  const [flags = 0] = fields.take(1);
  const transfer = hexOf(fields.take(TRANSFER_ID_BYTES));
  const secret = fields.take(TRANSFER_SECRET_BYTES);
  const root = fields.take(FILE_HASH_BYTES);
  const size = u64be(fields.take(8), 0);
  const chunkBytes = u32be(fields.take(4), 0);
  const receiver = hexOf(fields.take(TRANSFER_ID_BYTES));
  const nameBytes = u16be(fields.take(2), 0);
  if (flags > (TO_ALL | BOUND) || nameBytes > MAX_OFFERED_NAME_BYTES) return undefined;
  if (content.length !== FIXED_BYTES + nameBytes) return undefined;
  const isBound = (flags & BOUND) !== 0;
  if (!isBound && receiver !== NOBODY) return undefined;
  const name = decodeUtf8(fields.take(nameBytes));
  if (name === undefined || size === undefined || !isFileShape(size, chunkBytes)) return undefined;
  return {
    transfer,
    toAll: (flags & TO_ALL) !== 0,
    receiver: isBound ? receiver : undefined,
    secret,
    root,
    size,
    chunkBytes,
    name,
  };
}

/** Whether a file of so many bytes can be sent in chunks of that size. */
export function isFileShape(size: number, chunkBytes: number): boolean {
  return (
    isSafeU64(size) &&
    Number.isInteger(chunkBytes) &&
    chunkBytes >= MIN_CHUNK_BYTES &&
    chunkBytes <= MAX_CHUNK_BYTES &&
    chunkCount(size, chunkBytes) <= MAX_CHUNKS
  );
}
