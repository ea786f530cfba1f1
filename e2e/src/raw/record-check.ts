/**
 * Checks what the original SDKs depend on (spec 2.4): every frame begins at the start of a TLS
 * record, no record carries bytes of two frames, and no record ends within a header.
 *
 * @param records contents of the TLS records in order, beginning with a frame
 * @returns number of frames
 * @throws Error naming the record that breaks the rule
 */
export function countFramesOfOwnRecord(records: readonly Buffer[]): number {
  let frames = 0;
  let left = 0;
  for (const [index, record] of records.entries()) {
    if (left === 0) {
      if (record.length < 42) throw new Error(`record ${index} ends within a header`);
      left = record.readUInt32BE(0);
      frames++;
    }
    if (record.length > left) throw new Error(`record ${index} carries more than one frame`);
    left -= record.length;
  }
  return frames;
}
