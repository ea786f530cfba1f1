import { type BigIntStats, constants } from 'node:fs';
import {
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  rename,
  stat,
  statfs,
  unlink,
} from 'node:fs/promises';
import type { FileStat, FileSystem, OpenFile } from '../file-system.ts';
import { lockFile } from './file-lock.ts';

const FLAGS = { read: 'r', write: 'r+', create: 'wx+' } as const;
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** Node takes no more than 2^31 - 1 bytes in one call. */
const MAX_CALL_BYTES = 0x4000_0000;

/** What a system says that cannot open a folder or write its names out. */
const NO_DIRECTORY_SYNC: readonly unknown[] = ['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP'];

/** The files of the machine. `remove` and `link` are for files alone, not for folders. */
export const systemFileSystem: FileSystem = {
  open: async (path: string, mode: 'read' | 'write' | 'create'): Promise<OpenFile> =>
    new SystemOpenFile(await open(path, FLAGS[mode], FILE_MODE)),

  stat: async (path: string): Promise<FileStat | undefined> => {
    try {
      return statOf(await stat(path, { bigint: true }));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  },

  list: (directory: string): Promise<readonly string[]> => readdir(directory),

  makeDirectory: async (path: string): Promise<void> => {
    await mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
  },

  link: (path: string, added: string): Promise<void> => link(path, added),

  rename: (path: string, renamed: string): Promise<void> => rename(path, renamed),

  remove: async (path: string): Promise<void> => {
    try {
      await unlink(path);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  },

  syncDirectory: async (path: string): Promise<void> => {
    try {
      await syncNames(path);
    } catch (error) {
      if (!NO_DIRECTORY_SYNC.includes(codeOf(error))) throw error;
    }
  },

  freeBytes: async (directory: string): Promise<number> => {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  },

  lock: lockFile,
};

class SystemOpenFile implements OpenFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < target.length) {
      const length = Math.min(target.length - done, MAX_CALL_BYTES);
      const { bytesRead } = await this.#handle.read(target, done, length, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const length = Math.min(bytes.length - done, MAX_CALL_BYTES);
      const { bytesWritten } = await this.#handle.write(bytes, done, length, position + done);
      // POSIX leaves it open whether this can be; trying again could go on for ever.
      if (bytesWritten === 0)
        throw Object.assign(new Error('EIO: no byte was written'), { code: 'EIO' });
      done += bytesWritten;
    }
  }

  async stat(): Promise<FileStat> {
    return statOf(await this.#handle.stat({ bigint: true }));
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function syncNames(path: string): Promise<void> {
  // Windows has no O_DIRECTORY.
  const handle = await open(path, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0));
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function statOf(stats: BigIntStats): FileStat {
  return {
    kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other',
    sizeBytes: Number(stats.size),
    modifiedMs: Number(stats.mtimeNs) / 1e6,
    // As numbers, two of the long ones that some file systems give out could look the same.
    identity: `${stats.dev}:${stats.ino}`,
  };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
