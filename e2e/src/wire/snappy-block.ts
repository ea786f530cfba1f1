/** Longest literal that one tag of {@link literalBlock} carries. */
const LITERAL_BYTES = 60;

/**
 * Packs bytes into a snappy block of literals only: valid, and never smaller than its input.
 *
 * Shape: varint length of the input, then for each run one tag byte (length - 1) << 2 and the run.
 */
export function literalBlock(input: Uint8Array): Buffer {
  const parts: Uint8Array[] = [varint(input.length)];
  for (let at = 0; at < input.length; at += LITERAL_BYTES) {
    const run = input.subarray(at, at + LITERAL_BYTES);
    parts.push(Buffer.from([(run.length - 1) << 2]), run);
  }
  return Buffer.concat(parts);
}

/**
 * Unpacks a snappy block.
 *
 * @throws Error when the produced length differs from the announced one
 */
export function unpackBlock(block: Buffer): Buffer {
  const { value: announced, next } = readVarint(block);
  const out = Buffer.alloc(announced);
  let at = next;
  let end = 0;
  while (at < block.length) {
    const tag = block.readUInt8(at);
    const kind = tag & 3;
    if (kind === 0) {
      const extra = Math.max(0, (tag >> 2) - 59);
      const length = (extra === 0 ? tag >> 2 : block.readUIntLE(at + 1, extra)) + 1;
      at += 1 + extra;
      end += block.copy(out, end, at, at + length);
      at += length;
      continue;
    }
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const offsetBytes = kind === 1 ? 1 : kind === 2 ? 2 : 4;
    const low = block.readUIntLE(at + 1, offsetBytes);
    const offset = kind === 1 ? ((tag >> 5) << 8) | low : low;
    at += 1 + offsetBytes;
    for (let i = 0; i < length; i++, end++) out[end] = out[end - offset] ?? 0;
  }
  if (end !== announced) throw new Error(`snappy block announces ${announced} bytes, has ${end}`);
  return out;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}

function readVarint(block: Buffer): { value: number; next: number } {
  let value = 0;
  for (let at = 0; ; at++) {
    const byte = block.readUInt8(at);
    value += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { value, next: at + 1 };
  }
}
