import { isU32, u32be, writeU32be } from '../bytes/big-endian.ts';
import { invalidArgument } from '../errors.ts';

const ACK_BYTES = 4;

/**
 * The data of a `multicastAck` frame: u32be number of multicasts accepted since the last one.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT` if `count` is no u32
 */
export function encodeMulticastAck(count: number): Uint8Array {
  if (!isU32(count)) throw invalidArgument('count', 'an unsigned 32-bit integer');
  const data = new Uint8Array(ACK_BYTES);
  writeU32be(data, 0, count);
  return data;
}

/** The count in the data of a `multicastAck` frame; undefined below four bytes. */
export function decodeMulticastAck(data: Uint8Array): number | undefined {
  return data.length < ACK_BYTES ? undefined : u32be(data, 0);
}
