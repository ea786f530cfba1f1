import { join } from 'node:path';
import type { Clock, FileSystem, Logger, Random } from '@amop/ports';
import { directoryError } from '../file-error.ts';
import { readWhole, replaceWhole } from '../whole-file.ts';
import { parseReceiveRecord, type ReceiveRecord } from './receive-record.ts';

/** Where the state of transfers is, within the folder of the files. */
const STATE_FOLDER = '.amop-files';

const MAX_RECORD_BYTES = 65_536;
const SEED_BYTES = 32;
/** Files whose size is asked for at the same time. */
const COUNTED_AT_ONCE = 16;
/** Finished transfers that are kept in mind: whoever offers one of them again is told. */
export const MAX_DONE = 1_000;

/** Collaborators of {@link ReceiveFolder}. */
export interface ReceiveFolderDependencies {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The folder that files go to, with the state of those that are not whole. One receiver has it. */
export class ReceiveFolder {
  readonly directory: string;
  readonly #state: string;
  readonly #files: FileSystem;
  readonly #unlock: () => Promise<void>;

  private constructor(
    directory: string,
    { files }: ReceiveFolderDependencies,
    unlock: () => Promise<void>,
  ) {
    this.directory = directory;
    this.#state = join(directory, STATE_FOLDER);
    this.#files = files;
    this.#unlock = unlock;
  }

  /**
   * Takes a folder into possession, and makes it if it is not there.
   *
   * @throws ClientError `AMOP_CLIENT_FILE_DIRECTORY`
   */
  static async open(
    directory: string,
    dependencies: ReceiveFolderDependencies,
  ): Promise<ReceiveFolder> {
    const { files } = dependencies;
    try {
      const state = join(directory, STATE_FOLDER);
      await files.makeDirectory(state);
      const unlock = await files.lock(join(state, 'lock'));
      return new ReceiveFolder(directory, dependencies, unlock);
    } catch (cause) {
      throw directoryError(directory, cause);
    }
  }

  /** The path of a file in the folder. */
  pathOf(name: string): string {
    return join(this.directory, name);
  }

  /** The path of the hashes of the chunks that are there. */
  leavesPath(transfer: string): string {
    return join(this.#state, `${transfer}.leaves`);
  }

  /**
   * Every record there is. What cannot be read, and the oldest of many that are done, are removed.
   *
   * @throws what the disk answers
   */
  async load(): Promise<ReceiveRecord[]> {
    const records: ReceiveRecord[] = [];
    const names = await this.#files.list(this.#state);
    for (const name of names) {
      if (!name.endsWith('.json')) continue;
      const bytes = await readWhole(this.#files, join(this.#state, name), MAX_RECORD_BYTES);
      const record = bytes && parseReceiveRecord(bytes);
      if (record !== undefined && name === `${record.transfer}.json`) records.push(record);
      else await this.#discard(name);
    }
    const known = new Set(records.map(({ transfer }) => `${transfer}.leaves`));
    for (const name of names) {
      const isLost = name.endsWith('.leaves') && !known.has(name);
      if (isLost || name.endsWith('.json.new')) await this.#discard(name);
    }
    records.sort((a, b) => b.newsMs - a.newsMs);
    const done = records.filter(({ phase }) => phase === 'done');
    const dropped = new Set(done.slice(MAX_DONE));
    for (const { transfer } of dropped) await this.forget(transfer);
    return records.filter((record) => !dropped.has(record));
  }

  /**
   * What the numbers of its receiver are made of, 32 bytes: the same for every process, so that a
   * sender knows again who has taken its file, whatever became of the record of that.
   *
   * @throws what the disk answers
   */
  async seed(random: Random): Promise<Uint8Array> {
    const path = join(this.#state, 'seed');
    const known = await readWhole(this.#files, path, SEED_BYTES);
    if (known?.length === SEED_BYTES) return known;
    const seed = random.bytes(SEED_BYTES);
    await replaceWhole(this.#files, path, seed);
    return seed;
  }

  /** @throws what the disk answers */
  async save(record: ReceiveRecord): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(record));
    await replaceWhole(this.#files, join(this.#state, `${record.transfer}.json`), bytes);
  }

  /** Nothing of the state of a transfer is left. */
  async forget(transfer: string): Promise<void> {
    await this.#files.remove(join(this.#state, `${transfer}.json`));
    await this.#files.remove(this.leavesPath(transfer));
  }

  /** Files in the folder, and their bytes; `known` has the bytes of some that are to count otherwise. */
  async count(
    known: ReadonlyMap<string, number>,
  ): Promise<{ readonly files: number; readonly bytes: number }> {
    let files = 0;
    let bytes = 0;
    const names = await this.#files.list(this.directory);
    for (let from = 0; from < names.length; from += COUNTED_AT_ONCE) {
      const some = names.slice(from, from + COUNTED_AT_ONCE);
      const found = await Promise.all(some.map((name) => this.#files.stat(this.pathOf(name))));
      for (const [at, name] of some.entries()) {
        const stat = found[at];
        if (stat?.kind !== 'file') continue;
        files++;
        bytes += known.get(name) ?? stat.sizeBytes;
      }
    }
    return { files, bytes };
  }

  /** Bytes that can still be written. */
  freeBytes(): Promise<number> {
    return this.#files.freeBytes(this.directory);
  }

  /** Removes what is of no use, if it is a file. */
  async #discard(name: string): Promise<void> {
    const path = join(this.#state, name);
    if ((await this.#files.stat(path))?.kind === 'file') await this.#files.remove(path);
  }

  /** Another receiver may have it. */
  close(): Promise<void> {
    return this.#unlock();
  }
}
