import type { FileStat, FileSystem, OpenFile } from '@amop/ports';
import { MemoryFileSystem } from '@amop/testkit';

/** Files in memory that know what is open and which locks are held, and let a test step in. */
export class CountedFiles extends MemoryFileSystem {
  readonly #open = new Set<string>();
  #held = 0;
  #opened = 0;
  /** Called before each read of an open file. */
  onRead: ((path: string) => void) | undefined;
  /** What a file waits for before it gets a new name. */
  beforeRename: ((to: string) => Promise<void>) | undefined;

  /** Paths that are open now. */
  get openPaths(): string[] {
    return [...this.#open].map((each) => each.slice(each.indexOf(' ') + 1));
  }

  /** Locks that are held now. */
  get held(): number {
    return this.#held;
  }

  override async open(path: string, mode: 'read' | 'write' | 'create'): Promise<OpenFile> {
    const file = await super.open(path, mode);
    const name = `${this.#opened++} ${path}`;
    this.#open.add(name);
    return {
      read: (target, position) => {
        this.onRead?.(path);
        return file.read(target, position);
      },
      write: (bytes, position) => file.write(bytes, position),
      stat: (): Promise<FileStat> => file.stat(),
      sync: () => file.sync(),
      close: () => {
        this.#open.delete(name);
        return file.close();
      },
    };
  }

  override async rename(from: string, to: string): Promise<void> {
    await this.beforeRename?.(to);
    await super.rename(from, to);
  }

  override async lock(path: string): Promise<Awaited<ReturnType<FileSystem['lock']>>> {
    const unlock = await super.lock(path);
    this.#held++;
    let isHeld = true;
    return async () => {
      if (isHeld) this.#held--;
      isHeld = false;
      await unlock();
    };
  }
}
