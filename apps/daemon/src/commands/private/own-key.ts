import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PrivateKey } from '@amop/crypto';
import { type Command, Option } from 'commander';
import { formatMode, isOpenToOthers } from '../../certs/secret/file-mode.ts';
import { readPassphraseFile } from '../../certs/secret/passphrase-file.ts';
import { DaemonError } from '../../errors.ts';
import type { Terminal } from '../../terminal.ts';
import { isAccountKey } from '../../topic-keys/account-key.ts';
import { readTopicPrivateKey } from '../../topic-keys/read-private-key.ts';
import { warn, warnOfAccount } from '../warnings.ts';

/** Options that name the own key of a private topic. */
export interface OwnKeyOptions {
  readonly private?: string;
  readonly privatePassphraseFile?: string;
}

/** Where an own key is, and what opens it. */
export interface OwnKeyPlace {
  /** Absolute. */
  readonly path: string;
  readonly passphrase?: string;
}

/** Gives `command` the options of {@link OwnKeyOptions} with their help. */
export function addOwnKeyOptions(command: Command, does: string): Command {
  return command
    .addOption(new Option('--private <keyfile>', `${does}: PEM, hex or PKCS#12 ('amop keygen')`))
    .option(
      '--private-passphrase-file <file>',
      'file with the passphrase of an encrypted --private key',
    );
}

/**
 * Where the options say that the own key is, `undefined` when they do not.
 *
 * @throws DaemonError `AMOP_DAEMON_USAGE`, `AMOP_DAEMON_PASSPHRASE_FILE`
 */
export function ownKeyPlace(options: OwnKeyOptions, terminal: Terminal): OwnKeyPlace | undefined {
  const { private: file, privatePassphraseFile } = options;
  if (file === undefined) {
    if (privatePassphraseFile === undefined) return undefined;
    throw new DaemonError('AMOP_DAEMON_USAGE', '--private-passphrase-file needs --private', {
      argument: '--private-passphrase-file',
    });
  }
  const path = resolve(terminal.cwd, file);
  if (privatePassphraseFile === undefined) return { path };
  return { path, passphrase: readPassphraseFile(privatePassphraseFile, terminal) };
}

/**
 * Reads the own key; warns on stderr of a file that others may read, and of an account's key.
 *
 * @throws those of {@link readTopicPrivateKey}
 */
export async function readOwnKey(place: OwnKeyPlace, terminal: Terminal): Promise<PrivateKey> {
  const key = await readTopicPrivateKey(place.path, place.passphrase);
  const { mode } = statSync(place.path);
  if (isOpenToOthers(mode)) {
    warn(terminal, `others may read ${place.path} (mode ${formatMode(mode)}): chmod 600 it`);
  }
  if (isAccountKey(place.path, key.publicKey())) warnOfAccount(place.path, terminal);
  return key;
}
