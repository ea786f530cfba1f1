import type { FileStat, OpenFile } from '@amop/ports';
import type { MemoryFile, MemoryNode } from './memory-node.ts';
import type { PlannedFailures } from './planned-failures.ts';
import { posixError } from './posix-error.ts';

/** What an open file of a memory file system works with. */
export interface MemoryOpenFileDependencies {
  readonly failures: PlannedFailures;
  readonly wallMs: () => number;
}

/** A file as somebody has it open. Each operation takes effect within its call. */
export class MemoryOpenFile implements OpenFile {
  readonly #node: MemoryNode;
  readonly #path: string;
  readonly #isWritable: boolean;
  readonly #failures: PlannedFailures;
  readonly #wallMs: () => number;
  #isOpen = true;

  constructor(
    node: MemoryNode,
    options: { readonly path: string; readonly isWritable: boolean },
    dependencies: MemoryOpenFileDependencies,
  ) {
    this.#node = node;
    this.#path = options.path;
    this.#isWritable = options.isWritable;
    this.#failures = dependencies.failures;
    this.#wallMs = dependencies.wallMs;
    if (node.kind === 'file') node.hold();
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    this.#check('read');
    return this.#fileAt(position).content.read(target, position);
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    this.#check('write');
    if (!this.#isWritable) throw posixError('EBADF', this.#path);
    const file = this.#fileAt(position);
    const written = file.content.write(bytes, position);
    if (written > 0) file.modifiedMs = this.#wallMs();
    if (written < bytes.length) throw posixError('ENOSPC', this.#path);
  }

  async stat(): Promise<FileStat> {
    this.#check('stat');
    return this.#node.stat();
  }

  async sync(): Promise<void> {
    this.#check('sync');
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#node.kind === 'file') this.#node.release();
    // As in POSIX: closed all the same.
    this.#failures.check('close', this.#path);
  }

  #check(operation: 'read' | 'write' | 'stat' | 'sync'): void {
    if (!this.#isOpen) throw posixError('EBADF', this.#path);
    this.#failures.check(operation, this.#path);
  }

  #fileAt(position: number): MemoryFile {
    if (this.#node.kind === 'directory') throw posixError('EISDIR', this.#path);
    if (!Number.isSafeInteger(position) || position < 0) throw posixError('EINVAL', this.#path);
    return this.#node;
  }
}
