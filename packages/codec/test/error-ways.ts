import { readAmopBody } from '../src/amop-body.ts';
import { readChannelFrame, seqFromKey } from '../src/channel-frame.ts';
import { ChannelFrameDecoder } from '../src/channel-frame-decoder.ts';
import { decompress } from '../src/compression.ts';
import type { CodecErrorCode } from '../src/errors.ts';
import { P2pFrameDecoder } from '../src/p2p-frame-decoder.ts';
import { parseTopicList } from '../src/topic-list.ts';
import { parseTopicName } from '../src/topic-name.ts';
import { fromHex } from './vector-file.ts';

/** One way to each code; a code without one does not compile. */
export const WAYS: Record<CodecErrorCode, () => unknown> = {
  AMOP_CODEC_TRUNCATED: () => readChannelFrame(new Uint8Array(3)),
  AMOP_CODEC_FRAME_TOO_SHORT: () => readChannelFrame(new Uint8Array(42)),
  AMOP_CODEC_FRAME_TOO_LARGE: () => readChannelFrame(fromHex('ffffffff')),
  AMOP_CODEC_TWELVE_BYTE_HEADER: () =>
    new P2pFrameDecoder().push(fromHex('0000000c0002000200000002'), () => {}),
  AMOP_CODEC_DECODER_UNUSABLE: () => {
    const decoder = new ChannelFrameDecoder();
    decoder.push(
      fromHex(
        '0000002a00303030303030303030303030303030303030303030303030303030303030303030303000000000',
      ),
      () => decoder.push(new Uint8Array(), () => {}),
    );
  },
  AMOP_CODEC_MALFORMED_BODY: () => readAmopBody(new Uint8Array()),
  AMOP_CODEC_INVALID_TOPIC: () => parseTopicName(''),
  AMOP_CODEC_MALFORMED_TOPIC_LIST: () => parseTopicList(new Uint8Array()),
  AMOP_CODEC_DECOMPRESSION: () => decompress(new Uint8Array()),
  AMOP_CODEC_INVALID_ARGUMENT: () => seqFromKey(''),
};
