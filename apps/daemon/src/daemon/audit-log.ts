import { once } from 'node:events';
import { statSync } from 'node:fs';
import type { AuditRecord } from '@amop/node';
import type { SonicBoom } from 'sonic-boom';
import sonicBoom from 'sonic-boom';
import { DaemonError } from '../errors.ts';

/** Bytes that wait for a slow disk; a record more is dropped and counted. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const MODE = 0o600;
/** Time to write what waits when the log is closed, in ms. */
const CLOSE_MS = 2_000;

/** What an {@link AuditLog} tells others. */
export interface AuditLogListener {
  /** Writing, or opening the file anew, failed; told once until it works again. */
  onFailed(error: Error): void;
}

/**
 * The audit log: one JSON object a line, appended to a file. Writing never holds the node up: what the disk does not
 * take waits in memory within a limit, beyond it records are dropped and counted.
 */
export class AuditLog {
  readonly #path: string;
  readonly #listener: AuditLogListener;
  #file: SonicBoom;
  #dropped = 0;
  #isReopening = false;
  #hasFailed = false;
  #closed: Promise<void> | undefined;

  private constructor(path: string, file: SonicBoom, listener: AuditLogListener) {
    this.#path = path;
    this.#file = file;
    this.#listener = listener;
    this.#watch(file);
  }

  /**
   * Opens the file, and makes it and its folder where they are missing.
   *
   * @throws DaemonError `AMOP_DAEMON_AUDIT`, also for what is no ordinary file: a pipe nobody reads would never open
   */
  static async open(path: string, listener: AuditLogListener): Promise<AuditLog> {
    try {
      return new AuditLog(path, await openFile(path), listener);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new DaemonError(
        'AMOP_DAEMON_AUDIT',
        `cannot write the audit log ${path}: ${reason}`,
        { path, fix: 'set audit_log in [amop] to a file that the node may write, or leave it out' },
        { cause },
      );
    }
  }

  /** Records that did not get into the file. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Appends one record; may be handed on as a function. */
  readonly write = ({ atMs, ...rest }: AuditRecord): void => {
    if (this.#closed !== undefined) return;
    this.#file.write(`${JSON.stringify({ time: new Date(atMs).toISOString(), ...rest })}\n`);
  };

  /** Opens the file anew, after it was moved away by what rotates logs; goes on with the old one if that fails. */
  async reopen(): Promise<void> {
    if (this.#isReopening) return;
    this.#isReopening = true;
    try {
      const file = await openFile(this.#path);
      const old = this.#file;
      this.#file = file;
      this.#watch(file);
      old.end();
    } catch (error) {
      this.#failed(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#isReopening = false;
    }
  }

  /** Writes what waits and closes the file; what a disk does not take in two seconds is lost. May be called again. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    const ended = new AbortController();
    const settled = Promise.race([
      once(file, 'close', { signal: ended.signal }),
      once(file, 'error', { signal: ended.signal }),
      new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref()),
    ]);
    file.end();
    await settled.catch((error: unknown) => {
      this.#failed(error instanceof Error ? error : new Error(String(error)));
    });
    ended.abort();
    file.destroy();
  }

  #watch(file: SonicBoom): void {
    file.on('drop', () => {
      this.#dropped++;
    });
    file.on('drain', () => {
      this.#hasFailed = false;
    });
    file.on('error', (error: Error) => this.#failed(error));
  }

  #failed(error: Error): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#listener.onFailed(error);
  }
}

/** Not `pino.destination`: that one writes at the end of the process until the disk takes it, which may be never. */
async function openFile(path: string): Promise<SonicBoom> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) {
    throw new Error('it is no ordinary file');
  }
  const file = new sonicBoom.SonicBoom({
    dest: path,
    mode: MODE,
    mkdir: true,
    sync: false,
    maxLength: MAX_WAITING_BYTES,
  });
  await once(file, 'ready');
  return file;
}
