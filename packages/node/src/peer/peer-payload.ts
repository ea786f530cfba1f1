import { type ChannelFrame, MAX_FRAME_BYTES, type P2pFrame, readChannelFrame } from '@amop/codec';
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
  return readChannelFrame(payloadOf(frame));
}
