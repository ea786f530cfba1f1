/** Header of a p2p frame in bytes (spec 12.1). */
const P2P_HEADER = 16;

/** Protocol numbers of the p2p wire; a response carries the negative number (spec 12.1). */
export const Protocol = { amop: 1, topics: 2 } as const;

/** Packet types under {@link Protocol} (spec 13, 14). */
export const Packet = {
  unicast: 0,
  multicast: 1,
  topicSeq: 1,
  listRequest: 2,
  list: 3,
} as const;

/** Bit of the version field that says: the payload is a snappy block. */
export const COMPRESSED = 0x8000;

/** One p2p frame, split into its fields. */
export interface P2pFrame {
  readonly version: number;
  readonly protocol: number;
  readonly packet: number;
  readonly seq: number;
  readonly payload: Buffer;
  readonly bytes: Buffer;
}

/** Fields of a frame to be written; `version` and `payload` default to 0 and empty. */
export interface P2pFields {
  readonly protocol: number;
  readonly packet: number;
  readonly seq: number;
  readonly payload?: Uint8Array | string;
  readonly version?: number;
}

/**
 * Writes a p2p frame in the 16-byte layout.
 *
 * Shape: u32be length | u16be version | i32be protocolID | u16be packetType | u32be seq | payload.
 */
export function encodeP2p({ protocol, packet, seq, payload = '', version = 0 }: P2pFields): Buffer {
  const body = Buffer.from(payload);
  const header = Buffer.alloc(P2P_HEADER);
  header.writeUInt32BE(P2P_HEADER + body.length, 0);
  header.writeUInt16BE(version, 4);
  header.writeInt32BE(protocol, 6);
  header.writeUInt16BE(packet, 10);
  header.writeUInt32BE(seq, 12);
  return Buffer.concat([header, body]);
}

/** Splits one whole frame into its fields; the payload stays as it is on the wire. */
export function decodeP2p(bytes: Buffer): P2pFrame {
  return {
    version: bytes.readUInt16BE(4),
    protocol: bytes.readInt32BE(6),
    packet: bytes.readUInt16BE(10),
    seq: bytes.readUInt32BE(12),
    payload: bytes.subarray(P2P_HEADER),
    bytes,
  };
}
