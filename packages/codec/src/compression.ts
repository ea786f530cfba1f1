import { compressSync, uncompressSync } from 'snappy';
import { viewOf } from './bytes/big-endian.ts';
import { MAX_FRAME_BYTES } from './constants.ts';
import { CodecError, type CodecErrorDetails, frameTooLarge } from './errors.ts';

/**
 * No snappy element makes more out of its bytes: 64 out of 3, a copy with a two-byte offset. A block
 * that announces more than that cannot be honest, so nothing is allocated for it.
 */
const MAX_EXPANSION = 64 / 3;

/**
 * `payload` as one raw snappy block (no stream framing), fresh memory. Spec 12.3.
 *
 * It can be longer than `payload`: send it uncompressed then (D-41).
 */
export function compress(payload: Uint8Array): Uint8Array {
  const block = compressSync(payload);
  return viewOf(block, 0, block.length);
}

/**
 * What a raw snappy block holds, fresh memory.
 *
 * The announced length is compared with `maxBytes`, and with what the block can hold at all, before
 * anything is allocated; the produced length is compared with it afterwards.
 *
 * @param maxBytes largest result taken, in bytes; 100 MiB unless given
 * @throws CodecError `AMOP_CODEC_FRAME_TOO_LARGE` above the limit, `AMOP_CODEC_DECOMPRESSION` for
 *   anything that is not exactly one sound block
 */
export function decompress(payload: Uint8Array, maxBytes: number = MAX_FRAME_BYTES): Uint8Array {
  const { announcedBytes, headBytes } = readAnnouncedLength(payload);
  if (announcedBytes > maxBytes) throw frameTooLarge('compression', maxBytes, announcedBytes);
  if (announcedBytes > (payload.length - headBytes) * MAX_EXPANSION) {
    throw failed('implausible-length', payload, announcedBytes);
  }
  const produced = uncompress(payload, announcedBytes);
  if (produced.length !== announcedBytes) throw failed('wrong-length', payload, announcedBytes);
  return produced;
}

/** The varint that starts a block: seven bits a byte, lowest first, a u32 in at most five bytes. */
function readAnnouncedLength(payload: Uint8Array): { announcedBytes: number; headBytes: number } {
  let announcedBytes = 0;
  for (let index = 0; index < 5; index++) {
    const byte = payload[index];
    if (byte === undefined) break;
    announcedBytes += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) {
      if (announcedBytes > 0xffffffff) break;
      return { announcedBytes, headBytes: index + 1 };
    }
  }
  throw failed('bad-length', payload, 0);
}

function uncompress(payload: Uint8Array, announcedBytes: number): Uint8Array {
  try {
    const output = uncompressSync(payload, { asBuffer: true });
    if (typeof output !== 'string') return viewOf(output, 0, output.length);
  } catch (cause) {
    throw failed('bad-block', payload, announcedBytes, cause);
  }
  throw failed('bad-block', payload, announcedBytes);
}

function failed(
  reason: CodecErrorDetails['AMOP_CODEC_DECOMPRESSION']['reason'],
  payload: Uint8Array,
  announcedBytes: number,
  cause?: unknown,
): CodecError<'AMOP_CODEC_DECOMPRESSION'> {
  return new CodecError(
    'AMOP_CODEC_DECOMPRESSION',
    `snappy block of ${payload.length} bytes that announces ${announcedBytes} is broken: ${reason}`,
    { reason, payloadBytes: payload.length, announcedBytes },
    { cause },
  );
}
