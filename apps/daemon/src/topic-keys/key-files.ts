import { existsSync, lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  encryptPrivateKeyPem,
  formatPrivateKeyPem,
  formatPublicKeyHex,
  formatPublicKeyPem,
  type PrivateKey,
  type PublicKey,
} from '@amop/crypto';
import type { Replacement } from '../certs/renew/replace-files.ts';
import { quoted } from '../certs/report.ts';
import { DaemonError } from '../errors.ts';

/** Which files of a key pair are made, below their common beginning. */
export interface KeyFileOptions {
  /** Absolute path without ending. */
  readonly base: string;
  /** Hex digits beside PEM. */
  readonly hex: boolean;
}

/** The files of a public key: `<base>.public.pem`, with `hex` also `<base>.public.hex`. */
export function publicKeyFiles(publicKey: PublicKey, options: KeyFileOptions): Replacement[] {
  const { base, hex } = options;
  const pem = { path: `${base}.public.pem`, text: formatPublicKeyPem(publicKey), secret: false };
  if (!hex) return [pem];
  const digits = `${formatPublicKeyHex(publicKey)}\n`;
  return [pem, { path: `${base}.public.hex`, text: digits, secret: false }];
}

/**
 * The files of a private key: `<base>.pem`, encrypted with a passphrase, or with `hex` also `<base>.hex`.
 *
 * @throws DaemonError `AMOP_DAEMON_USAGE` for hex digits with a passphrase: they cannot be encrypted
 */
export function privateKeyFiles(
  privateKey: PrivateKey,
  options: KeyFileOptions,
  passphrase: string | undefined,
): Replacement[] {
  const { base, hex } = options;
  const plain = formatPrivateKeyPem(privateKey);
  const text = passphrase === undefined ? plain : encryptPrivateKeyPem(plain, passphrase);
  const pem = { path: `${base}.pem`, text, secret: true };
  if (!hex) return [pem];
  if (passphrase !== undefined) {
    throw new DaemonError(
      'AMOP_DAEMON_USAGE',
      '--hex would write the private key unencrypted, --passphrase-file (or AMOP_PASSPHRASE_FILE) asks for the opposite',
      { argument: '--hex' },
    );
  }
  const digits = `${Buffer.from(privateKey.toBytes()).toString('hex')}\n`;
  return [pem, { path: `${base}.hex`, text: digits, secret: true }];
}

/**
 * Ends the run before any key is made when one of the files is there already.
 *
 * @throws DaemonError `AMOP_DAEMON_KEY_FILE`
 */
export function refuseExistingKeys(files: readonly Replacement[]): void {
  for (const { path } of files) {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) continue;
    throw new DaemonError(
      'AMOP_DAEMON_KEY_FILE',
      `${path} exists and is not overwritten, it may be a key in use`,
      { path, fix: 'choose another --out, or give --force, which keeps the old file beside it' },
    );
  }
}

/**
 * Ends the run before any key is made when there is no folder for the files.
 *
 * @throws DaemonError `AMOP_DAEMON_CERTS_WRITE`
 */
export function requireFolder(base: string): void {
  const path = dirname(base);
  if (existsSync(path)) return;
  const fix = `make it first: mkdir -p ${quoted(path)}`;
  throw new DaemonError('AMOP_DAEMON_CERTS_WRITE', `the folder ${path} is missing`, { path, fix });
}
