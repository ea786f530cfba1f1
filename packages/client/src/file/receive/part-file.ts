import { chunkCount, chunkSize } from '@amop/codec';
import { MERKLE_HASH_BYTES, merkleLeafHash } from '@amop/crypto';
import type { FileSystem, OpenFile } from '@amop/ports';

/** Shape of an unfinished file, and where it is. */
export interface PartPlace {
  readonly path: string;
  /** Of the hashes of the chunks that are there. */
  readonly leavesPath: string;
  readonly size: number;
  readonly chunkBytes: number;
}

/**
 * An unfinished file and which of its chunks are there.
 *
 * Beside it lies a file with 32 bytes for each chunk: its hash once it was written, zeros before.
 * The chunk is written first: whatever ends the process, a hash that is there has its chunk.
 */
export class PartFile {
  readonly #place: PartPlace;
  readonly #data: OpenFile;
  readonly #leaves: OpenFile;
  /** 1 for each chunk that is there. */
  readonly #has: Uint8Array;
  #have = 0;
  #bytes = 0;

  private constructor(place: PartPlace, data: OpenFile, leaves: OpenFile) {
    this.#place = place;
    this.#data = data;
    this.#leaves = leaves;
    this.#has = new Uint8Array(chunkCount(place.size, place.chunkBytes));
  }

  /**
   * Opens what is there, or begins.
   *
   * @throws what the disk answers; nothing is open then
   */
  static async open(place: PartPlace, files: FileSystem): Promise<PartFile> {
    const data = await openOrCreate(place.path, files, place.size);
    try {
      const leaves = await openOrCreate(place.leavesPath, files);
      return new PartFile(place, data, leaves);
    } catch (error) {
      await data.close();
      throw error;
    }
  }

  /** Chunks of the file. */
  get count(): number {
    return this.#has.length;
  }

  /** Chunks that are there. */
  get have(): number {
    return this.#have;
  }

  /** Bytes that are there. */
  get bytes(): number {
    return this.#bytes;
  }

  get isWhole(): boolean {
    return this.#have === this.#has.length;
  }

  has(index: number): boolean {
    return this.#has[index] === 1;
  }

  /**
   * Reads what an earlier process has left: only what has the hash that was written down counts. A
   * crash of the machine may have kept one and lost the other.
   *
   * @param shouldGoOn asked before each chunk
   */
  async check(shouldGoOn: () => boolean): Promise<void> {
    const { chunkBytes, size } = this.#place;
    const leaves = new Uint8Array(this.count * MERKLE_HASH_BYTES);
    await this.#leaves.read(leaves, 0);
    const buffer = new Uint8Array(Math.min(chunkBytes, size));
    for (let index = 0; index < this.count && shouldGoOn(); index++) {
      const leaf = leaves.subarray(index * MERKLE_HASH_BYTES, (index + 1) * MERKLE_HASH_BYTES);
      if (leaf.every((byte) => byte === 0)) continue;
      const chunk = buffer.subarray(0, chunkSize(index, size, chunkBytes));
      const read = await this.#data.read(chunk, index * chunkBytes);
      const hash = merkleLeafHash(chunk);
      if (read === chunk.length && hash.every((byte, at) => byte === leaf[at])) {
        this.#count(index, chunk.length);
      }
    }
  }

  /** Writes a chunk whose hash was verified. A chunk that is there already is left alone. */
  async write(index: number, chunk: Uint8Array, leaf: Uint8Array): Promise<void> {
    if (this.has(index)) return;
    await this.#data.write(chunk, index * this.#place.chunkBytes);
    await this.#leaves.write(leaf, index * MERKLE_HASH_BYTES);
    this.#count(index, chunk.length);
  }

  /** Resolves, with the identity of the file, when all that was written survives a loss of power. */
  async sync(): Promise<string> {
    await this.#data.sync();
    const { identity } = await this.#data.stat();
    return identity;
  }

  async close(): Promise<void> {
    try {
      await this.#data.close();
    } finally {
      await this.#leaves.close();
    }
  }

  #count(index: number, bytes: number): void {
    if (this.#has[index] === 1) return;
    this.#has[index] = 1;
    this.#have++;
    this.#bytes += bytes;
  }
}

/** @param maxBytes a longer file is none of ours: what is too much would stay in it */
async function openOrCreate(
  path: string,
  files: FileSystem,
  maxBytes: number = Number.POSITIVE_INFINITY,
): Promise<OpenFile> {
  const found = await files.stat(path);
  const isUsable = found !== undefined && found.sizeBytes <= maxBytes;
  if (found?.kind === 'file' && !isUsable) await files.remove(path);
  return files.open(path, isUsable ? 'write' : 'create');
}
