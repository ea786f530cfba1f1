import type { Command } from 'commander';
import { readPassphraseFile } from '../../certs/secret/passphrase-file.ts';
import type { Terminal } from '../../terminal.ts';

/** Options of commands that make keys. */
export interface PassphraseOptions {
  readonly passphraseFile?: string;
  readonly authorityPassphraseFile?: string;
}

/** What opens and protects keys. */
export interface Passphrases {
  /** Encrypts the keys that are made. */
  readonly own?: string;
  /** Opens the key of an authority that is there. */
  readonly authority?: string;
}

/** Gives `command` the option that encrypts what it makes. */
export function addPassphraseOption(command: Command): Command {
  return command.option(
    '--passphrase-file <file>',
    'encrypt the keys that are made with the passphrase in the file',
  );
}

/** Gives `command` both options: for one that needs the key of an authority. */
export function addPassphraseOptions(command: Command): Command {
  return command
    .option(
      '--passphrase-file <file>',
      "encrypt the keys that are made with the passphrase in the file; opens the authority's key too",
    )
    .option(
      '--authority-passphrase-file <file>',
      "opens the authority's key, where it is not the same passphrase",
    );
}

/**
 * Reads the files that the options name.
 *
 * @throws DaemonError `AMOP_DAEMON_PASSPHRASE_FILE`
 */
export function readPassphrases(options: PassphraseOptions, terminal: Terminal): Passphrases {
  const { authorityPassphraseFile, passphraseFile } = options;
  const own = passphraseFile && readPassphraseFile(passphraseFile, terminal);
  const authority = authorityPassphraseFile
    ? readPassphraseFile(authorityPassphraseFile, terminal)
    : own;
  return { ...(own && { own }), ...(authority && { authority }) };
}
