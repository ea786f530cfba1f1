import {
  i32be,
  isI32,
  isU16,
  isU32,
  u16be,
  u32be,
  viewOf,
  writeU16be,
  writeU32be,
} from './bytes/big-endian.ts';
import { MAX_FRAME_BYTES, P2P_COMPRESSED, P2P_HEADER_BYTES } from './constants.ts';
import { frameTooLarge, frameTooShort, invalidArgument, truncated } from './errors.ts';

const VERSION_OFFSET = 4;
const PROTOCOL_OFFSET = 6;
const PACKET_TYPE_OFFSET = 10;
const SEQ_OFFSET = 12;

/** What `encodeP2pFrame` takes. */
export interface P2pFrameFields {
  /** i32: one of `P2pProtocol` in a request, its negative in a response. */
  readonly protocolId: number;
  /** u16, see `P2pPacket`. */
  readonly packetType: number;
  /** u32: chosen by the requester, copied by the response, 0 for topic heartbeats. */
  readonly seq: number;
  /** As it goes over the wire, empty unless given. */
  readonly payload?: Uint8Array;
  /** u16, 0 unless given; `P2P_COMPRESSED` when `payload` is a snappy block. */
  readonly version?: number;
}

/**
 * One frame of the p2p port: a view, nothing is copied.
 *
 * Shape: u32be total length (header included) | u16be version | i32be protocolID | u16be packetType
 * | u32be seq | payload.
 *
 * @see docs/protocol.md, "P2P frame"; spec 12.1
 */
export class P2pFrame {
  /** The whole frame, header included. */
  readonly bytes: Uint8Array;

  /**
   * @param bytes exactly one frame, its length field equal to `bytes.length`
   * @throws CodecError `AMOP_CODEC_FRAME_TOO_SHORT` below 16 bytes
   */
  constructor(bytes: Uint8Array) {
    if (bytes.length < P2P_HEADER_BYTES) {
      throw frameTooShort('p2p', P2P_HEADER_BYTES, bytes.length);
    }
    this.bytes = bytes;
  }

  /** u16 of feature bits; unknown ones are to be ignored. */
  get version(): number {
    return u16be(this.bytes, VERSION_OFFSET);
  }

  /** i32: `(group << 16) | module`, positive in requests, negative in responses. */
  get protocolId(): number {
    return i32be(this.bytes, PROTOCOL_OFFSET);
  }

  /** u16, its meaning depends on the protocol. */
  get packetType(): number {
    return u16be(this.bytes, PACKET_TYPE_OFFSET);
  }

  /** u32 that links a response to its request on this connection. */
  get seq(): number {
    return u32be(this.bytes, SEQ_OFFSET);
  }

  /** Whether `payload` is a snappy block, see `decompress` of `@amop/codec/compression`. */
  get compressed(): boolean {
    return (this.version & P2P_COMPRESSED) !== 0;
  }

  /** What follows the header, as it came over the wire; a new view at each call. */
  get payload(): Uint8Array {
    return viewOf(this.bytes, P2P_HEADER_BYTES, this.bytes.length);
  }
}

/**
 * Reads the frame at the start of `bytes`.
 *
 * @param bytes at least one whole frame; trailing bytes are left alone
 * @throws CodecError `AMOP_CODEC_TRUNCATED`, `AMOP_CODEC_FRAME_TOO_SHORT`, `AMOP_CODEC_FRAME_TOO_LARGE`
 */
export function readP2pFrame(bytes: Uint8Array): P2pFrame {
  if (bytes.length < 4) throw truncated('p2p', P2P_HEADER_BYTES, bytes.length);
  const length = u32be(bytes, 0);
  if (length < P2P_HEADER_BYTES) throw frameTooShort('p2p', P2P_HEADER_BYTES, length);
  if (length > MAX_FRAME_BYTES) throw frameTooLarge('p2p', MAX_FRAME_BYTES, length);
  if (length > bytes.length) throw truncated('p2p', length, bytes.length);
  return new P2pFrame(viewOf(bytes, 0, length));
}

/**
 * The bytes of one frame, fresh memory.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT`; `AMOP_CODEC_FRAME_TOO_LARGE` when payload and
 *   header exceed 100 MiB, which an original peer would answer by closing the session (D-41)
 */
export function encodeP2pFrame(fields: P2pFrameFields): Uint8Array {
  const { protocolId, packetType, seq, payload, version = 0 } = fields;
  const totalBytes = P2P_HEADER_BYTES + (payload?.length ?? 0);
  if (totalBytes > MAX_FRAME_BYTES) throw frameTooLarge('p2p', MAX_FRAME_BYTES, totalBytes);
  const bytes = new Uint8Array(totalBytes);
  writeP2pHeader(bytes, 0, totalBytes, protocolId, packetType, seq, version);
  if (payload !== undefined) bytes.set(payload, P2P_HEADER_BYTES);
  return bytes;
}

/**
 * Writes the 16 header bytes of a frame into a buffer of the caller.
 *
 * @param totalBytes length of the whole frame, 16 to 100 MiB
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT`: nothing has been written then
 */
export function writeP2pHeader(
  target: Uint8Array,
  offset: number,
  totalBytes: number,
  protocolId: number,
  packetType: number,
  seq: number,
  version: number = 0,
): void {
  if (totalBytes < P2P_HEADER_BYTES || totalBytes > MAX_FRAME_BYTES) {
    throw invalidArgument('totalBytes', `${P2P_HEADER_BYTES} to ${MAX_FRAME_BYTES}`);
  }
  if (!(offset >= 0 && offset + P2P_HEADER_BYTES <= target.length)) {
    throw invalidArgument('offset', `room for 16 bytes in a target of ${target.length}`);
  }
  if (!isI32(protocolId)) throw invalidArgument('protocolId', 'a signed 32-bit integer');
  if (!isU16(packetType)) throw invalidArgument('packetType', 'an unsigned 16-bit integer');
  if (!isU32(seq)) throw invalidArgument('seq', 'an unsigned 32-bit integer');
  if (!isU16(version)) throw invalidArgument('version', 'an unsigned 16-bit integer');
  writeU32be(target, offset, totalBytes);
  writeU16be(target, offset + VERSION_OFFSET, version);
  writeU32be(target, offset + PROTOCOL_OFFSET, protocolId);
  writeU16be(target, offset + PACKET_TYPE_OFFSET, packetType);
  writeU32be(target, offset + SEQ_OFFSET, seq);
}
