import type { FileStat, FileSystem, OpenFile } from '@amop/ports';
import { MemorySpace } from './file-system/memory-content.ts';
import type { MemoryFile } from './file-system/memory-node.ts';
import { MemoryOpenFile } from './file-system/memory-open-file.ts';
import { MemoryTree } from './file-system/memory-tree.ts';
import { type MemoryOperation, PlannedFailures } from './file-system/planned-failures.ts';
import { posixError } from './file-system/posix-error.ts';

/** One TiB. */
const DEFAULT_CAPACITY_BYTES = 0x100_0000_0000;

/** How a memory file system behaves. */
export interface MemoryFileSystemOptions {
  /** What all files together may hold, but for pages of 64 KiB that were never written. Default 1 TiB. */
  readonly capacityBytes?: number;
  /** Where `modifiedMs` comes from; e.g. that of a `VirtualClock`. Default: always 0. */
  readonly wallMs?: () => number;
}

/**
 * Files and folders in memory, as POSIX has them, but for symbolic links; folders keep their names.
 *
 * Each operation takes effect within its call, and its promise is settled by then: no timers, no turns
 * of the event loop. Paths are absolute; at first there is the root `/` alone. A write that does not
 * fit writes what does, then fails with `ENOSPC`.
 */
export class MemoryFileSystem implements FileSystem {
  readonly #wallMs: () => number;
  readonly #space: MemorySpace;
  readonly #tree: MemoryTree;
  readonly #failures: PlannedFailures = new PlannedFailures();
  readonly #locks = new Map<string, object>();

  constructor(options: MemoryFileSystemOptions = {}) {
    this.#wallMs = options.wallMs ?? (() => 0);
    this.#space = new MemorySpace(options.capacityBytes ?? DEFAULT_CAPACITY_BYTES);
    this.#tree = new MemoryTree(this.#wallMs, this.#space);
  }

  /**
   * The next `times` calls of an operation fail with `code` and do nothing, on whatever path; `close`
   * closes. Several plans for one operation are met one after the other.
   */
  failNext(operation: MemoryOperation, code: string, times = 1): void {
    this.#failures.plan(operation, code, times);
  }

  /** From now on whatever asks for something in a folder gets `EACCES`; what is open stays so. */
  deny(directory: string): void {
    this.#setDenied(directory, true);
  }

  /** Ends a `deny`. */
  allow(directory: string): void {
    this.#setDenied(directory, false);
  }

  /** Puts a file there, with the folders above it. One that has the name gets the new content. */
  writeFile(path: string, bytes: Uint8Array): void {
    this.#tree.makeDirectory(`${path}/..`);
    const place = this.#tree.place(path);
    if (place.node?.kind === 'directory') throw posixError('EISDIR', path);
    const file = place.node ?? this.#tree.makeFile(place);
    file.content.clear();
    file.modifiedMs = this.#wallMs();
    if (file.content.write(bytes, 0) < bytes.length) throw posixError('ENOSPC', path);
  }

  /** All of a file, copied. */
  readFile(path: string): Uint8Array {
    const { content } = this.#fileOf(path, 'EISDIR');
    const bytes = new Uint8Array(content.sizeBytes);
    content.read(bytes, 0);
    return bytes;
  }

  /** The names in a folder, sorted. */
  names(directory: string): string[] {
    return [...this.#tree.directory(directory).entries.keys()].sort();
  }

  /** As if the process had ended that uses the files: every lock falls. */
  dropLocks(): void {
    for (const path of this.#locks.keys()) this.#detach(path);
    this.#locks.clear();
  }

  async lock(path: string): Promise<() => Promise<void>> {
    this.#failures.check('lock', path);
    if (this.#locks.has(path)) throw posixError('EBUSY', path);
    const holder = {};
    this.writeFile(path, new Uint8Array(0));
    this.#locks.set(path, holder);
    return async () => {
      if (this.#locks.get(path) !== holder) return;
      this.#locks.delete(path);
      this.#detach(path);
    };
  }

  async open(path: string, mode: 'read' | 'write' | 'create'): Promise<OpenFile> {
    this.#failures.check('open', path);
    const place = this.#tree.place(path);
    if (mode === 'create' && place.node !== undefined) throw posixError('EEXIST', path);
    const node = mode === 'create' ? this.#tree.makeFile(place) : place.node;
    if (node === undefined) throw posixError('ENOENT', path);
    const isWritable = mode !== 'read';
    if (isWritable && node.kind === 'directory') throw posixError('EISDIR', path);
    const dependencies = { failures: this.#failures, wallMs: this.#wallMs };
    return new MemoryOpenFile(node, { path, isWritable }, dependencies);
  }

  async stat(path: string): Promise<FileStat | undefined> {
    this.#failures.check('stat', path);
    return this.#tree.find(path)?.stat();
  }

  async list(directory: string): Promise<readonly string[]> {
    this.#failures.check('list', directory);
    return [...this.#tree.directory(directory).entries.keys()];
  }

  async makeDirectory(path: string): Promise<void> {
    this.#failures.check('makeDirectory', path);
    this.#tree.makeDirectory(path);
  }

  async link(path: string, added: string): Promise<void> {
    this.#failures.check('link', path);
    const file = this.#fileOf(path, 'EPERM');
    const place = this.#tree.place(added);
    if (place.node !== undefined) throw posixError('EEXIST', added);
    this.#tree.attach(place, file);
  }

  async rename(path: string, renamed: string): Promise<void> {
    this.#failures.check('rename', path);
    const from = this.#tree.place(path);
    const to = this.#tree.place(renamed);
    if (from.node === undefined) throw posixError('ENOENT', path);
    // POSIX: two names of one file both stay.
    if (from.node === to.node) return;
    if (from.node.kind === 'directory') throw posixError('ENOTSUP', path);
    if (to.node?.kind === 'directory') throw posixError('EISDIR', renamed);
    if (to.node !== undefined) this.#tree.detach(to);
    this.#tree.attach(to, from.node);
    this.#tree.detach(from);
  }

  async remove(path: string): Promise<void> {
    this.#failures.check('remove', path);
    this.#detach(path);
  }

  async syncDirectory(path: string): Promise<void> {
    this.#failures.check('syncDirectory', path);
    this.#tree.directory(path);
  }

  async freeBytes(directory: string): Promise<number> {
    this.#failures.check('freeBytes', directory);
    if (this.#tree.find(directory) === undefined) throw posixError('ENOENT', directory);
    return this.#space.freeBytes;
  }

  #setDenied(directory: string, isDenied: boolean): void {
    const node = this.#tree.find(directory);
    if (node?.kind !== 'directory') throw posixError(node ? 'ENOTDIR' : 'ENOENT', directory);
    node.isDenied = isDenied;
  }

  #fileOf(path: string, otherwise: 'EISDIR' | 'EPERM'): MemoryFile {
    const node = this.#tree.find(path);
    if (node === undefined) throw posixError('ENOENT', path);
    if (node.kind === 'directory') throw posixError(otherwise, path);
    return node;
  }

  #detach(path: string): void {
    const node = this.#tree.find(path);
    if (node?.kind === 'directory') throw posixError('EISDIR', path);
    if (node !== undefined) this.#tree.detach(this.#tree.place(path));
  }
}
