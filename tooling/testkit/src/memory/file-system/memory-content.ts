const PAGE_BYTES = 65_536;

interface Page {
  bytes: Uint8Array;
  /** Of these, the ones up to the last that was written. */
  usedBytes: number;
}

/** The room that all files of one file system share. */
export class MemorySpace {
  #freeBytes: number;

  constructor(capacityBytes: number) {
    this.#freeBytes = capacityBytes;
  }

  get freeBytes(): number {
    return this.#freeBytes;
  }

  take(bytes: number): void {
    this.#freeBytes -= bytes;
  }

  giveBack(bytes: number): void {
    this.#freeBytes += bytes;
  }
}

/** The bytes of one file, in pages: one that was never written takes no memory and no room. */
export class MemoryContent {
  readonly #space: MemorySpace;
  readonly #pages: Map<number, Page> = new Map();
  #sizeBytes = 0;

  constructor(space: MemorySpace) {
    this.#space = space;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Copies into `target` what there is from `position` on; gives back the number of bytes. */
  read(target: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(target.length, this.#sizeBytes - position));
    const wanted = target.subarray(0, count).fill(0);
    for (let done = 0; done < count; ) {
      const offset = (position + done) % PAGE_BYTES;
      const end = Math.min(PAGE_BYTES, offset + count - done);
      const page = this.#pages.get((position + done - offset) / PAGE_BYTES);
      if (page !== undefined) wanted.set(page.bytes.subarray(offset, end), done);
      done += end - offset;
    }
    return count;
  }

  /** Takes in as much of `bytes` as there is room for; gives back the number of bytes. */
  write(bytes: Uint8Array, position: number): number {
    let done = 0;
    while (done < bytes.length) {
      const offset = (position + done) % PAGE_BYTES;
      const piece = bytes.subarray(done, done + PAGE_BYTES - offset);
      const taken = this.#writePage((position + done - offset) / PAGE_BYTES, offset, piece);
      done += taken;
      if (taken > 0) this.#sizeBytes = Math.max(this.#sizeBytes, position + done);
      if (taken < piece.length) break;
    }
    return done;
  }

  /** Empties the file. */
  clear(): void {
    for (const { usedBytes } of this.#pages.values()) this.#space.giveBack(usedBytes);
    this.#pages.clear();
    this.#sizeBytes = 0;
  }

  #writePage(index: number, offset: number, piece: Uint8Array): number {
    const page = this.#pages.get(index) ?? { bytes: new Uint8Array(0), usedBytes: 0 };
    const end = Math.min(offset + piece.length, page.usedBytes + this.#space.freeBytes);
    if (end <= offset) return 0;
    if (end > page.usedBytes) {
      this.#space.take(end - page.usedBytes);
      page.usedBytes = end;
    }
    if (end > page.bytes.length) {
      const grown = new Uint8Array(Math.min(PAGE_BYTES, Math.max(end, page.bytes.length * 2)));
      grown.set(page.bytes);
      page.bytes = grown;
    }
    page.bytes.set(piece.subarray(0, end - offset), offset);
    this.#pages.set(index, page);
    return end - offset;
  }
}
