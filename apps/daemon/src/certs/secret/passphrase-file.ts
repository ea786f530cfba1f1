import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DaemonError } from '../../errors.ts';
import { printableLine } from '../../output/text.ts';
import type { Terminal } from '../../terminal.ts';
import { isOpenToOthers } from './file-mode.ts';

/** What a file of `--passphrase-file` may hold; OpenSSL takes passphrases of up to 1023 bytes. */
const MAX_FILE_BYTES = 4096;
const MAX_PASSPHRASE_BYTES = 1023;

/**
 * The passphrase in a file, which is its only line. Warns on stderr when group or others may read the file.
 *
 * @param path as it was given; relative to the terminal's folder
 * @throws DaemonError `AMOP_DAEMON_PASSPHRASE_FILE`
 */
export function readPassphraseFile(path: string, terminal: Pick<Terminal, 'cwd' | 'err'>): string {
  const file = resolve(terminal.cwd, path);
  const refuse = (reason: string, cause?: unknown): DaemonError =>
    new DaemonError(
      'AMOP_DAEMON_PASSPHRASE_FILE',
      `no passphrase in ${file}: ${reason}`,
      { path: file },
      { cause },
    );
  let text: string;
  try {
    const stats = statSync(file);
    if (stats.size > MAX_FILE_BYTES) throw new Error(`more than ${MAX_FILE_BYTES} bytes`);
    text = readFileSync(file, 'utf8');
    if (stats.isFile() && isOpenToOthers(stats.mode)) {
      terminal.err(`${printableLine(`amop: warning: others may read ${file}: chmod 600 it`)}\n`);
    }
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message : String(cause), cause);
  }
  // An editor ends the line; the passphrase does not. A node reads its passphrase_file in the same way.
  const passphrase = text.replace(/\r?\n$/, '');
  if (passphrase === '') throw refuse('it is empty');
  if (/[\r\n]/.test(passphrase)) throw refuse('it has more than one line');
  if (Buffer.byteLength(passphrase) > MAX_PASSPHRASE_BYTES) {
    throw refuse(`it is longer than ${MAX_PASSPHRASE_BYTES} bytes`);
  }
  return passphrase;
}
