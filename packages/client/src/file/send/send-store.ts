import { homedir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@amop/crypto';
import type { Clock, FileSystem, Logger } from '@amop/ports';
import { hexOf } from '../../hex.ts';
import { alreadySent, stateError } from '../file-error.ts';
import type { FileAudience } from '../file-types.ts';
import { diskCode } from '../reasons.ts';
import { readWhole, replaceWhole } from '../whole-file.ts';
import { parseSendRecord, type SendRecord } from './send-record.ts';

/** Of a record: with its most receivers it has 3 MB. */
const MAX_RECORD_BYTES = 16 * 1024 * 1024;
/** Of the hashes of a file: 2^18 chunks. */
const MAX_LEAVES_BYTES = 8 * 1024 * 1024;
/** What nobody has gone on with for so long is removed. */
const KEEP_MS = 30 * 24 * 3_600_000;
const KEY_DIGITS = 32;

/** Collaborators of {@link SendStore}. */
export interface SendStoreDependencies {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Which file is sent, how. */
export interface SendKey {
  readonly path: string;
  readonly topic: string;
  readonly isPrivate: boolean;
  readonly to: FileAudience;
}

/** The folder for what has to survive a process, where none is named. */
export function defaultStateDirectory(): string {
  // biome-ignore lint/complexity/useLiteralKeys: TypeScript wants it so for names it does not know
  const base = process.env['XDG_STATE_HOME'];
  const home = base === undefined || base === '' ? join(homedir(), '.local', 'state') : base;
  return join(home, 'amop', 'files');
}

/**
 * Where it is on disk how far a file has been sent: a record, and the hashes of its chunks. One
 * process at a time has it.
 */
export class SendStore {
  readonly #directory: string;
  readonly #base: string;
  readonly #files: FileSystem;
  readonly #logger: Logger;
  readonly #unlock: () => Promise<void>;
  #saving: Promise<void> = Promise.resolve();
  /** A save that has not begun: it will write what is true by then. */
  #waiting: Promise<void> | undefined;

  private constructor(
    directory: string,
    base: string,
    { files, logger }: SendStoreDependencies,
    unlock: () => Promise<void>,
  ) {
    this.#directory = directory;
    this.#base = base;
    this.#files = files;
    this.#logger = logger;
    this.#unlock = unlock;
  }

  /**
   * Takes the state of one file into possession.
   *
   * @throws ClientError `AMOP_CLIENT_FILE_STATE`
   */
  static async open(
    directory: string,
    { path, topic, isPrivate, to }: SendKey,
    dependencies: SendStoreDependencies,
  ): Promise<SendStore> {
    const { files } = dependencies;
    const kind = isPrivate ? 'private' : 'plain';
    const text = new TextEncoder().encode(JSON.stringify([kind, topic, to, path]));
    const base = join(directory, hexOf(sha256(text)).slice(0, KEY_DIGITS));
    try {
      await files.makeDirectory(directory);
      await prune(directory, dependencies);
      const unlock = await files.lock(`${base}.lock`);
      return new SendStore(directory, base, dependencies, unlock);
    } catch (cause) {
      if (diskCode(cause) === 'EBUSY') throw alreadySent(path, topic);
      throw stateError(directory, cause);
    }
  }

  /** What is left of an earlier attempt; undefined where there is nothing that can be used. */
  async load(): Promise<SendRecord | undefined> {
    try {
      const bytes = await readWhole(this.#files, `${this.#base}.json`, MAX_RECORD_BYTES);
      return bytes && parseSendRecord(bytes);
    } catch (cause) {
      throw stateError(this.#directory, cause);
    }
  }

  /** The hashes of the chunks; undefined where they are not there. */
  async loadLeaves(): Promise<Uint8Array | undefined> {
    try {
      return await readWhole(this.#files, `${this.#base}.tree`, MAX_LEAVES_BYTES);
    } catch (cause) {
      throw stateError(this.#directory, cause);
    }
  }

  /** Begins anew: the hashes first, then the record that belongs to them. */
  async create(record: SendRecord, leaves: Uint8Array): Promise<void> {
    try {
      await replaceWhole(this.#files, `${this.#base}.tree`, leaves);
      await replaceWhole(this.#files, `${this.#base}.json`, encode(record));
    } catch (cause) {
      throw stateError(this.#directory, cause);
    }
  }

  /**
   * Replaces the record; a disk that does not take it is told of in the log. One after the other;
   * those who come while one waits wait for that one, so `record` always makes the newest.
   */
  save(record: () => SendRecord): Promise<void> {
    if (this.#waiting !== undefined) return this.#waiting;
    const saving = this.#saving.then(async () => {
      this.#waiting = undefined;
      try {
        await replaceWhole(this.#files, `${this.#base}.json`, encode(record()));
      } catch (error) {
        this.#logger.warn({ directory: this.#directory, error }, 'state of a transfer not saved');
      }
    });
    this.#waiting = saving;
    this.#saving = saving;
    return saving;
  }

  /** Nothing is left of it. */
  async remove(): Promise<void> {
    await this.#saving;
    await this.#files.remove(`${this.#base}.json`);
    await this.#files.remove(`${this.#base}.tree`);
  }

  /** Another process may have it. */
  async close(): Promise<void> {
    await this.#saving;
    await this.#unlock();
  }
}

function encode(record: SendRecord): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(record));
}

/** Removes what was given up: also what a process left that was killed while it wrote. */
async function prune(directory: string, { clock, files }: SendStoreDependencies): Promise<void> {
  for (const name of await files.list(directory)) {
    if (!/^[0-9a-f]{32}\.(?:json|tree|lock)|^spool-/.test(name)) continue;
    const path = join(directory, name);
    const found = await files.stat(path);
    if (found !== undefined && clock.wallMs() - found.modifiedMs > KEEP_MS)
      await files.remove(path);
  }
}
