/** What is known of a file without reading it. */
export interface FileStat {
  readonly kind: 'file' | 'directory' | 'other';
  readonly sizeBytes: number;
  /** Milliseconds since 1970, with fractions. */
  readonly modifiedMs: number;
  /** The same for two names of one file, another one for each file there is at a time. */
  readonly identity: string;
}

/** One open file. Whoever opened it closes it. */
export interface OpenFile {
  /**
   * Reads from `position` on until `target` is full or the file ends; resolves with the bytes read.
   */
  read(target: Uint8Array, position: number): Promise<number>;
  /**
   * Writes all of `bytes` at `position`; what the file lacks before it is zeros. When it resolves the
   * memory is of no use to the file any more.
   */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** As it is now, under whatever name. */
  stat(): Promise<FileStat>;
  /** Resolves when what was written survives a loss of power. */
  sync(): Promise<void>;
  /** More calls do nothing. */
  close(): Promise<void>;
}

/**
 * Files and folders, as far as transfers need them.
 *
 * What fails rejects with an `Error` whose `code` is that of POSIX: `ENOENT`, `EEXIST`, `EACCES`,
 * `ENOSPC`, `ENOTDIR`, `EROFS` and so on.
 */
export interface FileSystem {
  /**
   * Opens a file: `read` and `write` (which reads, too) one that is there, `create` one that is not,
   * which its owner alone may read (mode 0600). `create` follows no link and replaces nothing (`EEXIST`).
   */
  open(path: string, mode: 'read' | 'write' | 'create'): Promise<OpenFile>;
  /** Undefined when there is nothing by that name. Follows links. */
  stat(path: string): Promise<FileStat | undefined>;
  /** The names in a folder, in any order, without `.` and `..`. */
  list(directory: string): Promise<readonly string[]>;
  /** Makes a folder (mode 0700) and those above it; one that is there is left alone. */
  makeDirectory(path: string): Promise<void>;
  /** Gives a file one more name in the same file system; `EEXIST` when it is taken. */
  link(path: string, added: string): Promise<void>;
  /** Gives a file another name, at once and in place of whatever has it. */
  rename(path: string, renamed: string): Promise<void>;
  /** Removes a name; one that is not there is left alone. */
  remove(path: string): Promise<void>;
  /** Resolves when the names in a folder survive a loss of power; does nothing where that cannot be asked for. */
  syncDirectory(path: string): Promise<void>;
  /** Bytes that this process may still write into the file system of a folder. */
  freeBytes(directory: string): Promise<number>;
  /**
   * Holds a file that stands for something only one may have; resolves with what lets it go. `EBUSY`
   * while a living process holds it, this one included. It falls with the process, however that ends.
   */
  lock(path: string): Promise<() => Promise<void>>;
}
