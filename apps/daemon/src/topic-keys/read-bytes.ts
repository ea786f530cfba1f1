import { readFileSync, statSync } from 'node:fs';
import { DaemonError } from '../errors.ts';

/** Far above any file with one key. */
const MAX_KEY_FILE_BYTES = 256 * 1024;

/**
 * The bytes of a key file.
 *
 * @param path absolute
 * @throws DaemonError `AMOP_DAEMON_KEY_FILE`
 */
export function readKeyBytes(path: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > MAX_KEY_FILE_BYTES) throw new Error(`more than ${MAX_KEY_FILE_BYTES} bytes`);
    return readFileSync(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DaemonError(
      'AMOP_DAEMON_KEY_FILE',
      `cannot read the key file ${path}: ${reason}`,
      { path, fix: "give the path of a key file; 'amop keygen' makes one" },
      { cause },
    );
  }
}
