import { once } from 'node:events';
import type { AuditRecord } from '@amop/node';
import { destination } from 'pino';
import { DaemonError } from '../errors.ts';

/** Bytes that wait for a slow disk; a record more is dropped and counted. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const MODE = 0o600;

/** The audit log: one JSON object a line, appended to a file. Writing never holds the node up. */
export class AuditLog {
  readonly #file: ReturnType<typeof destination>;
  #dropped = 0;

  private constructor(file: ReturnType<typeof destination>) {
    this.#file = file;
    file.on('drop', () => {
      this.#dropped++;
    });
  }

  /**
   * Opens the file, and makes it and its folder where they are missing.
   *
   * @param onError told when writing fails later
   * @throws DaemonError `AMOP_DAEMON_AUDIT`
   */
  static async open(path: string, onError: (error: Error) => void): Promise<AuditLog> {
    const file = destination({
      dest: path,
      mode: MODE,
      mkdir: true,
      sync: false,
      maxLength: MAX_WAITING_BYTES,
    });
    try {
      await once(file, 'ready');
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new DaemonError(
        'AMOP_DAEMON_AUDIT',
        `cannot write the audit log ${path}: ${reason}`,
        { path, fix: 'set audit_log in [amop] to a file that the node may write, or leave it out' },
        { cause },
      );
    }
    file.on('error', onError);
    return new AuditLog(file);
  }

  /** Records that did not get into the file. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Appends one record; may be handed on as a function. */
  readonly write = ({ atMs, ...rest }: AuditRecord): void => {
    this.#file.write(`${JSON.stringify({ time: new Date(atMs).toISOString(), ...rest })}\n`);
  };

  /** Opens the file anew: after it was moved away by what rotates logs. */
  reopen(): void {
    this.#file.reopen();
  }

  /** Writes what waits and closes the file. */
  async close(): Promise<void> {
    const closed = once(this.#file, 'close');
    this.#file.end();
    await closed;
  }
}
