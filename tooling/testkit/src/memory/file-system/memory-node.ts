import type { FileStat } from '@amop/ports';
import { MemoryContent, type MemorySpace } from './memory-content.ts';

/** What a name can stand for. */
export type MemoryNode = MemoryFile | MemoryDirectory;

/** A file, whatever names it has. Its room is free once it has none and nobody has it open. */
export class MemoryFile {
  readonly kind = 'file';
  readonly identity: string;
  readonly content: MemoryContent;
  modifiedMs: number;
  #holders = 0;

  constructor(identity: string, modifiedMs: number, space: MemorySpace) {
    this.identity = identity;
    this.modifiedMs = modifiedMs;
    this.content = new MemoryContent(space);
  }

  /** One more name, or one more that has it open. */
  hold(): void {
    this.#holders += 1;
  }

  /** One fewer. */
  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.content.clear();
  }

  stat(): FileStat {
    const { kind, identity, modifiedMs } = this;
    return { kind, sizeBytes: this.content.sizeBytes, modifiedMs, identity };
  }
}

/** A folder: names and what they stand for. */
export class MemoryDirectory {
  readonly kind = 'directory';
  readonly identity: string;
  readonly entries: Map<string, MemoryNode> = new Map();
  modifiedMs: number;
  /** Nothing in it may be looked at, as with mode 0. */
  isDenied = false;

  constructor(identity: string, modifiedMs: number) {
    this.identity = identity;
    this.modifiedMs = modifiedMs;
  }

  stat(): FileStat {
    const { kind, identity, modifiedMs } = this;
    return { kind, sizeBytes: 0, modifiedMs, identity };
  }
}
