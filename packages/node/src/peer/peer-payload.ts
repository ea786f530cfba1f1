import {
  type ChannelFrame,
  MAX_FRAME_BYTES,
  type P2pFrame,
  type PeerGrants,
  parsePeerGrants,
  readChannelFrame,
} from '@amop/codec';
import { decompress } from '@amop/codec/compression';

/**
 * The payload of a p2p frame, decompressed where the frame says so, whatever the configuration
 * (D-36).
 *
 * @throws CodecError when the block is broken or announces more than a frame may hold
 */
export function payloadOf(frame: P2pFrame): Uint8Array {
  return frame.compressed ? decompress(frame.payload, MAX_FRAME_BYTES) : frame.payload;
}

/**
 * The channel frame inside an AMOP frame.
 *
 * @throws CodecError when there is no whole frame of at least 42 bytes (D-01)
 */
export function innerFrameOf(frame: P2pFrame): ChannelFrame {
  return readChannelFrame(payloadOf(frame), isAlone(frame));
}

/** Bytes in front of a message on a private topic: the number of its publisher, u32 big-endian. */
export const PUBLISHER_BYTES = 4;

/**
 * The number of the publisher and the channel frame of a message on a private topic.
 *
 * @throws CodecError as {@link innerFrameOf}
 */
export function privateContentOf(frame: P2pFrame): {
  readonly publisher: number;
  readonly inner: ChannelFrame;
} {
  const payload = payloadOf(frame);
  const inner = readChannelFrame(payload.subarray(PUBLISHER_BYTES), isAlone(frame));
  const { buffer, byteLength, byteOffset } = payload;
  const publisher = new DataView(buffer, byteOffset, byteLength).getUint32(0);
  return { publisher, inner };
}

/** The grants in a frame; undefined when there are none in it. */
export function grantsOf(frame: P2pFrame): PeerGrants | undefined {
  return parsePeerGrants(payloadOf(frame));
}

/** Whether a payload has its memory for itself and the head of its frame. What was decompressed is snappy's. */
function isAlone({ bytes, compressed }: P2pFrame): boolean {
  return !compressed && bytes.length === bytes.buffer.byteLength;
}
