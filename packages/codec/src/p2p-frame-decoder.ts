import { u16be } from './bytes/big-endian.ts';
import {
  type FrameDecoderOptions,
  LengthPrefixedDecoder,
} from './bytes/length-prefixed-decoder.ts';
import { P2P_HEADER_BYTES } from './constants.ts';
import { CodecError } from './errors.ts';
import { P2pFrame } from './p2p-frame.ts';

const TWELVE_BYTES = 12;

/**
 * What the AMOP frames of a node with the 12-byte header (u32be length | u16be protocol | u16be
 * packetType | u32be seq) show at offset 4, as protocol << 16 | packetType. In the 16-byte layout
 * the same bytes are version and group, and no original node sends such a version. Spec 12.2.
 */
const TWELVE_BYTE_MARKS: ReadonlySet<number> = new Set([
  0x0002_0001, // topic heartbeat, the first frame of every node
  0x0002_0002, // list request
  0xfffe_0003, // list
  0x0001_0000, // unicast
  0x0001_0001, // multicast
  0xffff_0000, // answer to a unicast
]);

/**
 * Cuts the bytes of a p2p connection into frames with the 16-byte header: right at every split, see
 * `push`. A length above the limit, or below 16, throws as soon as four bytes are in.
 *
 * The first frame of a connection is also looked at for the 12-byte header, which the original uses
 * when `compatibility.supported_version` is missing (D-38): it is let in from 12 bytes on, and throws
 * `AMOP_CODEC_TWELVE_BYTE_HEADER` when it has that layout, `AMOP_CODEC_FRAME_TOO_SHORT` when not.
 */
export class P2pFrameDecoder extends LengthPrefixedDecoder<P2pFrame> {
  #isFirst = true;

  /** @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT` for a limit outside 16 to 104857600 */
  constructor(options: FrameDecoderOptions = {}) {
    super('p2p', P2P_HEADER_BYTES, options);
  }

  protected override get minFrameBytes(): number {
    return this.#isFirst ? TWELVE_BYTES : P2P_HEADER_BYTES;
  }

  protected override frameOf(bytes: Uint8Array): P2pFrame {
    if (this.#isFirst) refuseTwelveByteHeader(bytes);
    this.#isFirst = false;
    return new P2pFrame(bytes);
  }
}

function refuseTwelveByteHeader(bytes: Uint8Array): void {
  const protocol = u16be(bytes, 4);
  const packetType = u16be(bytes, 6);
  if (!TWELVE_BYTE_MARKS.has(protocol * 0x10000 + packetType)) return;
  throw new CodecError(
    'AMOP_CODEC_TWELVE_BYTE_HEADER',
    'the peer sends p2p frames with the 12-byte header: compatibility.supported_version in its ' +
      'config.ini is missing or 2.0.0-rc1, set it to 2.0.0 or later',
    { protocol, packetType },
  );
}
