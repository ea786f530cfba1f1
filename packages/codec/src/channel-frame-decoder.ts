import {
  type FrameDecoderOptions,
  LengthPrefixedDecoder,
} from './bytes/length-prefixed-decoder.ts';
import { ChannelFrame } from './channel-frame.ts';
import { CHANNEL_HEADER_BYTES } from './constants.ts';

/**
 * Cuts the bytes of a channel connection into frames: right at every split, see `push`.
 *
 * Unlike the original, which looks at the length only once 42 bytes are in, a length below 42 or
 * above the limit throws as soon as four bytes are in (D-23). The decoder is unusable after that.
 */
export class ChannelFrameDecoder extends LengthPrefixedDecoder<ChannelFrame> {
  /** @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT` for a limit outside 42 to 104857600 */
  constructor(options: FrameDecoderOptions = {}) {
    super('channel', CHANNEL_HEADER_BYTES, options);
  }

  protected override get minFrameBytes(): number {
    return CHANNEL_HEADER_BYTES;
  }

  protected override frameOf(bytes: Uint8Array): ChannelFrame {
    return new ChannelFrame(bytes);
  }
}
