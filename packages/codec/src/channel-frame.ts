import {
  i32be,
  isI32,
  isU16,
  u16be,
  u32be,
  viewOf,
  writeU16be,
  writeU32be,
} from './bytes/big-endian.ts';
import { CHANNEL_HEADER_BYTES, MAX_FRAME_BYTES, SEQ_BYTES } from './constants.ts';
import { frameTooLarge, frameTooShort, invalidArgument, truncated } from './errors.ts';

const TYPE_OFFSET = 4;
const SEQ_OFFSET = 6;
const RESULT_OFFSET = 38;

/** What `encodeChannelFrame` takes. */
export interface ChannelFrameFields {
  /** u16, usually one of `ChannelType`. */
  readonly type: number;
  /** 32 bytes, opaque. */
  readonly seq: Uint8Array;
  /** i32, 0 unless given. */
  readonly result?: number;
  /** Body of the frame, empty unless given. */
  readonly data?: Uint8Array;
}

/**
 * One frame of the channel port: a view, nothing is copied, so it holds and shows the memory it
 * was made from.
 *
 * Shape: u32be total length (header included) | u16be type | 32-byte seq | i32be result | data.
 *
 * @see docs/protocol.md, "Channel frame"; spec 2.1
 */
export class ChannelFrame {
  /** The whole frame, header included. */
  readonly bytes: Uint8Array;
  readonly #isAlone: boolean;
  #seqKey: string | undefined;

  /**
   * @param bytes exactly one frame, its length field equal to `bytes.length`: the decoder and
   *   `readChannelFrame` have checked that
   * @param isAlone whether it shares its memory with nothing but what it is wrapped in
   * @throws CodecError `AMOP_CODEC_FRAME_TOO_SHORT` below 42 bytes
   */
  constructor(bytes: Uint8Array, isAlone = false) {
    if (bytes.length < CHANNEL_HEADER_BYTES) {
      throw frameTooShort('channel', CHANNEL_HEADER_BYTES, bytes.length);
    }
    this.bytes = bytes;
    this.#isAlone = isAlone;
  }

  /** Whether its memory can be given back once it is not needed any more: no other frame lies there. */
  get isAlone(): boolean {
    return this.#isAlone || this.bytes.length === this.bytes.buffer.byteLength;
  }

  /** u16: one of `ChannelType` or something unknown. */
  get type(): number {
    return u16be(this.bytes, TYPE_OFFSET);
  }

  /** i32: 0 in requests, one of `ResultCode` or anything a subscriber chose in answers. */
  get result(): number {
    return i32be(this.bytes, RESULT_OFFSET);
  }

  /** The 32 sequence bytes, a new view at each call. */
  get seq(): Uint8Array {
    return viewOf(this.bytes, SEQ_OFFSET, RESULT_OFFSET);
  }

  /** The sequence as 32 characters U+0000 to U+00FF: one text for one sequence, cached, a Map key. */
  get seqKey(): string {
    this.#seqKey ??= keyAt(this.bytes, SEQ_OFFSET);
    return this.#seqKey;
  }

  /** What follows the header, a new view at each call. */
  get data(): Uint8Array {
    return viewOf(this.bytes, CHANNEL_HEADER_BYTES, this.bytes.length);
  }
}

/**
 * Reads the frame at the start of `bytes`, as carried inside a p2p AMOP payload (spec 14).
 *
 * @param bytes at least one whole frame; trailing bytes are left alone
 * @param isAlone whether no other frame lies in their memory
 * @returns the frame, a view on `bytes`
 * @throws CodecError `AMOP_CODEC_TRUNCATED`, `AMOP_CODEC_FRAME_TOO_SHORT`, `AMOP_CODEC_FRAME_TOO_LARGE`
 */
export function readChannelFrame(bytes: Uint8Array, isAlone = false): ChannelFrame {
  if (bytes.length < 4) throw truncated('channel', CHANNEL_HEADER_BYTES, bytes.length);
  const length = u32be(bytes, 0);
  if (length < CHANNEL_HEADER_BYTES) throw frameTooShort('channel', CHANNEL_HEADER_BYTES, length);
  if (length > MAX_FRAME_BYTES) throw frameTooLarge('channel', MAX_FRAME_BYTES, length);
  if (length > bytes.length) throw truncated('channel', length, bytes.length);
  return new ChannelFrame(viewOf(bytes, 0, length), isAlone);
}

/**
 * The bytes of one frame, fresh memory.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT`, `AMOP_CODEC_FRAME_TOO_LARGE`
 */
export function encodeChannelFrame(fields: ChannelFrameFields): Uint8Array {
  const { type, seq, result = 0, data } = fields;
  const totalBytes = CHANNEL_HEADER_BYTES + (data?.length ?? 0);
  if (totalBytes > MAX_FRAME_BYTES) throw frameTooLarge('channel', MAX_FRAME_BYTES, totalBytes);
  const bytes = new Uint8Array(totalBytes);
  writeChannelHeader(bytes, 0, totalBytes, type, seq, result);
  if (data !== undefined) bytes.set(data, CHANNEL_HEADER_BYTES);
  return bytes;
}

/**
 * Writes the 42 header bytes of a frame into a buffer of the caller.
 *
 * @param target has 42 bytes from `offset` on
 * @param totalBytes length of the whole frame, 42 to 100 MiB
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT`: nothing has been written then
 */
export function writeChannelHeader(
  target: Uint8Array,
  offset: number,
  totalBytes: number,
  type: number,
  seq: Uint8Array,
  result: number,
): void {
  if (totalBytes < CHANNEL_HEADER_BYTES || totalBytes > MAX_FRAME_BYTES) {
    throw invalidArgument('totalBytes', `${CHANNEL_HEADER_BYTES} to ${MAX_FRAME_BYTES}`);
  }
  checkRoom(target, offset, CHANNEL_HEADER_BYTES);
  checkType(type);
  checkResult(result);
  checkSeq(seq);
  writeU32be(target, offset, totalBytes);
  writeU16be(target, offset + TYPE_OFFSET, type);
  target.set(seq, offset + SEQ_OFFSET);
  writeU32be(target, offset + RESULT_OFFSET, result);
}

/**
 * Copies a whole frame into a buffer of the caller, to be changed there with `setChannelType`,
 * `setChannelResult`, `setChannelSeq`.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT` if it does not fit
 */
export function copyChannelFrame(frame: ChannelFrame, target: Uint8Array, offset: number): void {
  checkRoom(target, offset, frame.bytes.length);
  target.set(frame.bytes, offset);
}

/** Overwrites the type of the frame at `frameOffset`; throws `AMOP_CODEC_INVALID_ARGUMENT`. */
export function setChannelType(target: Uint8Array, frameOffset: number, type: number): void {
  checkRoom(target, frameOffset, CHANNEL_HEADER_BYTES);
  checkType(type);
  writeU16be(target, frameOffset + TYPE_OFFSET, type);
}

/** Overwrites the result of the frame at `frameOffset`; throws `AMOP_CODEC_INVALID_ARGUMENT`. */
export function setChannelResult(target: Uint8Array, frameOffset: number, result: number): void {
  checkRoom(target, frameOffset, CHANNEL_HEADER_BYTES);
  checkResult(result);
  writeU32be(target, frameOffset + RESULT_OFFSET, result);
}

/** Overwrites the sequence of the frame at `frameOffset`; throws `AMOP_CODEC_INVALID_ARGUMENT`. */
export function setChannelSeq(target: Uint8Array, frameOffset: number, seq: Uint8Array): void {
  checkRoom(target, frameOffset, CHANNEL_HEADER_BYTES);
  checkSeq(seq);
  target.set(seq, frameOffset + SEQ_OFFSET);
}

/**
 * The 32 bytes behind a `seqKey`, fresh memory.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT` unless it has 32 characters up to U+00FF
 */
export function seqFromKey(key: string): Uint8Array {
  const seq = new Uint8Array(SEQ_BYTES);
  let high = 0;
  for (let index = 0; index < SEQ_BYTES; index++) {
    const unit = key.charCodeAt(index);
    high |= unit;
    seq[index] = unit;
  }
  if (key.length !== SEQ_BYTES || high > 0xff) {
    throw invalidArgument('key', `${SEQ_BYTES} characters up to U+00FF`);
  }
  return seq;
}

/**
 * The key of the 32 bytes at `offset`, one flat string. Spelled out because one call with 32 plain
 * arguments takes less than half the time of `apply` and an eighth of a spread view.
 */
function keyAt(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(
    bytes[offset] ?? 0,
    bytes[offset + 1] ?? 0,
    bytes[offset + 2] ?? 0,
    bytes[offset + 3] ?? 0,
    bytes[offset + 4] ?? 0,
    bytes[offset + 5] ?? 0,
    bytes[offset + 6] ?? 0,
    bytes[offset + 7] ?? 0,
    bytes[offset + 8] ?? 0,
    bytes[offset + 9] ?? 0,
    bytes[offset + 10] ?? 0,
    bytes[offset + 11] ?? 0,
    bytes[offset + 12] ?? 0,
    bytes[offset + 13] ?? 0,
    bytes[offset + 14] ?? 0,
    bytes[offset + 15] ?? 0,
    bytes[offset + 16] ?? 0,
    bytes[offset + 17] ?? 0,
    bytes[offset + 18] ?? 0,
    bytes[offset + 19] ?? 0,
    bytes[offset + 20] ?? 0,
    bytes[offset + 21] ?? 0,
    bytes[offset + 22] ?? 0,
    bytes[offset + 23] ?? 0,
    bytes[offset + 24] ?? 0,
    bytes[offset + 25] ?? 0,
    bytes[offset + 26] ?? 0,
    bytes[offset + 27] ?? 0,
    bytes[offset + 28] ?? 0,
    bytes[offset + 29] ?? 0,
    bytes[offset + 30] ?? 0,
    bytes[offset + 31] ?? 0,
  );
}

function checkRoom(target: Uint8Array, offset: number, bytes: number): void {
  if (!(offset >= 0 && offset + bytes <= target.length)) {
    throw invalidArgument('offset', `room for ${bytes} bytes in a target of ${target.length}`);
  }
}

function checkType(type: number): void {
  if (!isU16(type)) throw invalidArgument('type', 'an unsigned 16-bit integer');
}

function checkResult(result: number): void {
  if (!isI32(result)) throw invalidArgument('result', 'a signed 32-bit integer');
}

function checkSeq(seq: Uint8Array): void {
  if (seq.length !== SEQ_BYTES) throw invalidArgument('seq', `${SEQ_BYTES} bytes`);
}
