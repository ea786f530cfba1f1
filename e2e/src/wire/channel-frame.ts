import { randomUUID } from 'node:crypto';

/** Header of a channel frame in bytes (spec 2.1). */
const CHANNEL_HEADER = 42;

/** Channel message types that the raw tools speak (spec 3). */
export const Channel = {
  rpc: 0x12,
  heartbeat: 0x13,
  handshake: 0x14,
  request: 0x30,
  response: 0x31,
  subscribe: 0x32,
  multicast: 0x35,
  verify: 0x37,
  status: 0x38,
} as const;

/** One channel frame, split into its fields; `seq` is 32 latin1 characters. */
export interface ChannelFrame {
  readonly type: number;
  readonly seq: string;
  readonly result: number;
  readonly data: Buffer;
  readonly bytes: Buffer;
}

/** A topic with the bytes that follow it (spec 3.1). */
export interface AmopBody {
  readonly topic: string;
  readonly content: Buffer;
}

/** A fresh 32-digit seq, as the SDKs make them: a UUID without dashes. */
export function newSeq(): string {
  return randomUUID().replaceAll('-', '');
}

/**
 * Writes a channel frame.
 *
 * Shape: u32be length | u16be type | 32-byte seq | i32be result | data.
 */
export function encodeChannel(
  type: number,
  seq: string,
  data: Uint8Array | string = '',
  result = 0,
): Buffer {
  const body = Buffer.from(data);
  const header = Buffer.alloc(CHANNEL_HEADER);
  header.writeUInt32BE(CHANNEL_HEADER + body.length, 0);
  header.writeUInt16BE(type, 4);
  header.write(seq, 6, 32, 'latin1');
  header.writeInt32BE(result, 38);
  return Buffer.concat([header, body]);
}

/** Splits one whole frame into its fields; the length prefix is not checked again. */
export function decodeChannel(bytes: Buffer): ChannelFrame {
  return {
    type: bytes.readUInt16BE(4),
    seq: bytes.toString('latin1', 6, 38),
    result: bytes.readInt32BE(38),
    data: bytes.subarray(CHANNEL_HEADER),
    bytes,
  };
}

/** Writes an AMOP body: one byte topic length + 1, topic, content. */
export function encodeBody(topic: string, content: Uint8Array | string = ''): Buffer {
  const name = Buffer.from(topic);
  return Buffer.concat([Buffer.from([name.length + 1]), name, Buffer.from(content)]);
}

/** Reads an AMOP body that the node sent. */
export function decodeBody(data: Buffer): AmopBody {
  const length = data.readUInt8(0);
  return { topic: data.toString('utf8', 1, length), content: data.subarray(length) };
}
