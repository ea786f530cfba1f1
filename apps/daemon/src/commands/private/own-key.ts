import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CryptoError, type PrivateKey } from '@amop/crypto';
import { type Command, Option } from 'commander';
import { formatMode, isOpenToOthers } from '../../certs/secret/file-mode.ts';
import { readPassphraseFile } from '../../certs/secret/passphrase-file.ts';
import { DaemonError } from '../../errors.ts';
import type { SdkTopicKeys } from '../../sdk-config/sdk-config.ts';
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
  /** Where a passphrase would be given, for people. */
  readonly passphraseFrom: string;
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
  const place = { path, passphraseFrom: '--private-passphrase-file FILE' };
  if (privatePassphraseFile === undefined) return place;
  return { ...place, passphrase: readPassphraseFile(privatePassphraseFile, terminal) };
}

/** Where the own key of a topic is that a configuration of the Java SDK names; `undefined` when it names none. */
export function configuredKeyPlace(keys: SdkTopicKeys | undefined): OwnKeyPlace | undefined {
  if (keys?.privateKey === undefined) return undefined;
  const { password, privateKey: path } = keys;
  const place = { path, passphraseFrom: 'password of its [[amop]] table' };
  return password === undefined ? place : { ...place, passphrase: password };
}

/**
 * Reads the own key; warns on stderr of a file that others may read, and of an account's key.
 *
 * @throws those of {@link readTopicPrivateKey}; DaemonError `AMOP_DAEMON_KEY_FILE` also when it stays locked
 */
export async function readOwnKey(place: OwnKeyPlace, terminal: Terminal): Promise<PrivateKey> {
  const { path } = place;
  const key = await openOwnKey(place);
  const { mode } = statSync(path);
  if (isOpenToOthers(mode)) {
    warn(terminal, `others may read ${path} (mode ${formatMode(mode)}): chmod 600 it`);
  }
  if (isAccountKey(path, key.publicKey())) warnOfAccount(path, terminal);
  return key;
}

async function openOwnKey({ passphrase, passphraseFrom, path }: OwnKeyPlace): Promise<PrivateKey> {
  try {
    return await readTopicPrivateKey(path, passphrase);
  } catch (cause) {
    if (!(cause instanceof CryptoError) || cause.code !== 'AMOP_CRYPTO_PASSPHRASE') throw cause;
    // The advice of the code itself names the option for the key of TLS.
    const fix = `give its passphrase by ${passphraseFrom}`;
    throw new DaemonError('AMOP_DAEMON_KEY_FILE', cause.message, { path, fix }, { cause });
  }
}
