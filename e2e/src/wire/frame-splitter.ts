/**
 * Cuts a byte stream at its big-endian u32 length prefixes (the length counts itself).
 *
 * Shared by both wires of the raw tools; it accepts whatever the node sends and keeps no limit.
 */
export class FrameSplitter {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  /** Bytes needed before it is worth looking again. */
  #needed = 4;

  /**
   * Takes the next bytes of the stream.
   *
   * @returns the frames that are complete now, each with its length prefix
   * @throws Error when a length prefix is below 4: the stream cannot be followed any further
   */
  push(chunk: Uint8Array): Buffer[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#needed) return [];
    let rest = Buffer.concat(this.#chunks);
    const frames: Buffer[] = [];
    this.#needed = 4;
    while (rest.length >= 4) {
      const length = rest.readUInt32BE(0);
      if (length < 4) throw new Error(`the node sent a frame of length ${length}`);
      this.#needed = length;
      if (rest.length < length) break;
      frames.push(rest.subarray(0, length));
      rest = rest.subarray(length);
      this.#needed = 4;
    }
    this.#chunks = [rest];
    this.#bytes = rest.length;
    return frames;
  }
}
