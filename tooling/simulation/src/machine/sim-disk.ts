import type { FileStat, FileSystem, OpenFile } from '@amop/ports';
import { MemoryFileSystem, type SeededRandom } from '@amop/testkit/memory';
import type { SimProcess } from './sim-process.ts';

/** One operation in so many takes time; others end in the turn in which they begin. */
const PAUSE_ONE_IN = 3;
const PAUSES_MS: readonly number[] = [0, 0, 0, 1, 4];

/** What a disk answers that was made to fail: nobody's fault, whoever writes it into a log. */
export class DiskFault extends Error {
  readonly code: string;

  constructor(code: string, path: string) {
    super(`${code}: ${path}`);
    this.code = code;
  }
}

/** Bytes that a loss of power may take back. */
interface Unsynced {
  readonly identity: string;
  readonly file: OpenFile;
  readonly position: number;
  readonly before: Uint8Array;
}

/** What is to happen when a process has asked for so much. */
interface Strike {
  operationsLeft: number;
  /** The operation that is under way never ends. */
  readonly hangs: boolean;
  readonly act: () => void;
}

/** The disk of a machine: it outlives its processes, and can be full, fail or lose what was not synced. */
export class SimDisk {
  readonly memory: MemoryFileSystem;
  /** Nothing more fits. */
  isFull = false;
  /** So many of the next operations fail. */
  failures = 0;
  readonly #random: SeededRandom;
  #strikes: Strike[] = [];
  #unsynced: Unsynced[] = [];
  /** Files that processes have open. */
  readonly #open: Set<OpenFile> = new Set();
  #locks = 0;

  constructor(wallMs: () => number, random: SeededRandom) {
    this.memory = new MemoryFileSystem({ wallMs });
    this.#random = random;
  }

  /** Files that are open and locks that are held, for people; empty when there are none. */
  held(): string {
    const files = this.#open.size > 0 ? [`${this.#open.size} open files`] : [];
    const locks = this.#locks > 0 ? [`${this.#locks} locks`] : [];
    return [...files, ...locks].join(', ');
  }

  /** The disk as a process has it. */
  mount(process: SimProcess): FileSystem {
    return new MountedDisk(this, process);
  }

  /** Lets something happen when an operation after so many others begins. */
  strikeAfter(operations: number, hangs: boolean, act: () => void): void {
    this.#strikes.push({ operationsLeft: operations, hangs, act });
  }

  /** No fault any more, nor one that is still to come. */
  heal(): void {
    this.isFull = false;
    this.failures = 0;
    this.#strikes = [];
  }

  /** Its process is dead. `isPowerLost`: of what was not synced, a drawn part is lost. */
  unplug(isPowerLost: boolean): void {
    if (isPowerLost) {
      for (const { before, file, position } of this.#unsynced.reverse()) {
        if (this.#random.below(2) === 0) void file.write(before, position);
      }
    }
    for (const file of new Set([...this.#open, ...this.#unsynced.map(({ file }) => file)])) {
      void file.close();
    }
    this.#unsynced = [];
    this.#open.clear();
    this.memory.dropLocks();
    this.#locks = 0;
  }

  /** One operation begins: undefined where it never ends, else its pause; below 0: none. */
  begin(): number | undefined {
    let hangs = false;
    for (const strike of this.#strikes) {
      strike.operationsLeft -= 1;
      if (strike.operationsLeft >= 0) continue;
      strike.act();
      hangs ||= strike.hangs;
    }
    this.#strikes = this.#strikes.filter(({ operationsLeft }) => operationsLeft >= 0);
    if (hangs) return undefined;
    if (this.#random.below(PAUSE_ONE_IN) > 0) return -1;
    return PAUSES_MS[this.#random.below(PAUSES_MS.length)] ?? 0;
  }

  /** Throws when the operation is one that fails. */
  check(path: string): void {
    if (this.failures <= 0) return;
    this.failures -= 1;
    throw new DiskFault('EIO', path);
  }

  opened(file: OpenFile): void {
    this.#open.add(file);
  }

  /** A file that was not synced is kept for a loss of power. */
  async closed(file: OpenFile): Promise<void> {
    this.#open.delete(file);
    if (!this.#unsynced.some((each) => each.file === file)) await file.close();
  }

  /** How much of these bytes a write may take. */
  roomFor(bytes: number): number {
    return this.isFull ? this.#random.below(bytes + 1) : bytes;
  }

  willWrite(unsynced: Unsynced): void {
    this.#unsynced.push(unsynced);
  }

  synced(identity: string): void {
    const left = this.#unsynced.filter((each) => each.identity !== identity);
    const kept = new Set(left.map(({ file }) => file));
    for (const { file } of this.#unsynced) {
      if (!kept.has(file) && !this.#open.has(file)) void file.close();
    }
    this.#unsynced = left;
  }

  async lock(path: string): Promise<() => Promise<void>> {
    const unlock = await this.memory.lock(path);
    this.#locks += 1;
    let isHeld = true;
    return async () => {
      if (isHeld) this.#locks -= 1;
      isHeld = false;
      await unlock();
    };
  }
}

/** A disk in the hands of one process: nothing that it began ends once that is dead. */
class MountedDisk implements FileSystem {
  readonly #disk: SimDisk;
  readonly #process: SimProcess;

  constructor(disk: SimDisk, process: SimProcess) {
    this.#disk = disk;
    this.#process = process;
  }

  /** Does one operation in its time. */
  readonly run = async <Result>(path: string, work: () => Promise<Result>): Promise<Result> => {
    await this.#pause();
    this.#disk.check(path);
    return work();
  };

  async #pause(): Promise<void> {
    const process = this.#process;
    const pauseMs = process.isDead ? undefined : this.#disk.begin();
    if (pauseMs === undefined) await never();
    else if (pauseMs >= 0) await new Promise<void>((resolve) => process.later(pauseMs, resolve));
    if (process.isDead) await never();
  }

  async open(path: string, mode: 'read' | 'write' | 'create'): Promise<OpenFile> {
    return this.run(path, async () => {
      const file = await this.#disk.memory.open(path, mode);
      this.#disk.opened(file);
      return new MountedFile(file, path, this.#disk, this);
    });
  }

  stat(path: string): Promise<FileStat | undefined> {
    return this.run(path, () => this.#disk.memory.stat(path));
  }

  list(directory: string): Promise<readonly string[]> {
    return this.run(directory, () => this.#disk.memory.list(directory));
  }

  makeDirectory(path: string): Promise<void> {
    return this.run(path, () => this.#disk.memory.makeDirectory(path));
  }

  link(path: string, added: string): Promise<void> {
    return this.run(path, () => this.#disk.memory.link(path, added));
  }

  rename(path: string, renamed: string): Promise<void> {
    return this.run(path, () => this.#disk.memory.rename(path, renamed));
  }

  remove(path: string): Promise<void> {
    return this.run(path, () => this.#disk.memory.remove(path));
  }

  syncDirectory(path: string): Promise<void> {
    return this.run(path, () => this.#disk.memory.syncDirectory(path));
  }

  freeBytes(directory: string): Promise<number> {
    return this.run(directory, () =>
      this.#disk.isFull ? Promise.resolve(0) : this.#disk.memory.freeBytes(directory),
    );
  }

  async lock(path: string): Promise<() => Promise<void>> {
    const unlock = await this.run(path, () => this.#disk.lock(path));
    return async () => {
      if (this.#process.isDead) await never();
      await unlock();
    };
  }

  /** A file is closed whatever the disk does. */
  async close(file: OpenFile): Promise<void> {
    if (this.#process.isDead) await never();
    await this.#disk.closed(file);
  }
}

class MountedFile implements OpenFile {
  readonly #file: OpenFile;
  readonly #path: string;
  readonly #disk: SimDisk;
  readonly #mounted: MountedDisk;
  #isOpen = true;

  constructor(file: OpenFile, path: string, disk: SimDisk, mounted: MountedDisk) {
    this.#file = file;
    this.#path = path;
    this.#disk = disk;
    this.#mounted = mounted;
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return this.#run(() => this.#file.read(target, position));
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    // No copy: whoever gives bytes leaves them alone until this has ended.
    return this.#run(async () => {
      const room = this.#disk.roomFor(bytes.length);
      const before = new Uint8Array(room);
      await this.#file.read(before, position);
      const { identity } = await this.#file.stat();
      this.#disk.willWrite({ identity, file: this.#file, position, before });
      await this.#file.write(bytes.subarray(0, room), position);
      if (room < bytes.length) throw new DiskFault('ENOSPC', this.#path);
    });
  }

  stat(): Promise<FileStat> {
    return this.#run(() => this.#file.stat());
  }

  sync(): Promise<void> {
    return this.#run(async () => {
      const { identity } = await this.#file.stat();
      await this.#file.sync();
      this.#disk.synced(identity);
    });
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#mounted.close(this.#file);
  }

  /** Closed to its process, though it may be kept for a loss of power. */
  async #run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!this.#isOpen) throw Object.assign(new Error(`EBADF: ${this.#path}`), { code: 'EBADF' });
    return this.#mounted.run(this.#path, work);
  }
}

/** What a dead process waits for. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}
