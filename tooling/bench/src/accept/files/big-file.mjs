// Files that are larger than memory should have to be.
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';

export const MIB = 1_048_576;

/** How large a file a check takes: as it says, or BENCH_FILE_MIB of the environment. */
export function sizeOf(defaultMib) {
  const mib = Number(process.env.BENCH_FILE_MIB ?? defaultMib);
  if (!Number.isInteger(mib) || mib < 1) throw new Error('BENCH_FILE_MIB must be a whole number');
  return mib * MIB;
}

/** Writes a file of random bytes in which no two MiB are the same. */
export function writeBigFile(path, size) {
  const block = randomBytes(MIB);
  const file = openSync(path, 'wx');
  for (let at = 0; at < size; at += MIB) {
    block.writeDoubleBE(at);
    writeSync(file, block, 0, Math.min(MIB, size - at));
  }
  closeSync(file);
}

/** SHA-256 of a file, in hex. */
export async function sha256Of(path) {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: MIB })) hash.update(piece);
  return hash.digest('hex');
}
