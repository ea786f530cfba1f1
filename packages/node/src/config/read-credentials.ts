import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { NodeError } from '../errors.ts';
import type { ConfigWarning } from './config-warning.ts';
import { fixOf, type IniFile, reasonOf } from './ini-file.ts';
import type { Credentials } from './node-config.ts';

/** Bits of a file's mode that let others than its owner read or write it. */
const OTHERS = 0o066;

/** The credentials of both ports. */
export interface NodeCredentials {
  readonly p2p: Credentials;
  readonly channel: Credentials;
}

/** How files are read that a configuration names. */
export interface ReadOptions {
  readonly warnings: ConfigWarning[];
  /** Told of a fault that the rest can be read without: a file that is missing counts as empty. Left out: thrown. */
  readonly onFault?: (error: NodeError) => void;
}

/** Names of the three files in one folder. */
interface FileNames {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * Reads the certificates and keys that a configuration names (spec 16). The passphrase of encrypted keys is the
 * content of `[amop] passphrase_file`.
 *
 * @param rsaChannel applications get the RSA certificate in `channel_cert`
 * @throws NodeError `AMOP_NODE_CONFIG_FILE`
 */
export function readNodeCredentials(
  ini: IniFile,
  rsaChannel: boolean,
  options: ReadOptions,
): NodeCredentials {
  const folder = resolve(
    dirname(ini.path),
    ini.get('network_security.data_path', 'secure.data_path')?.value ?? 'conf/',
  );
  const name = (key: string, fallback: string): string =>
    ini.get(`network_security.${key}`, `secure.${key}`)?.value ?? fallback;
  const passphrase = readPassphrase(ini, options);
  const own = {
    ca: name('ca_cert', 'ca.crt'),
    certificate: name('cert', 'node.crt'),
    key: name('key', 'node.key'),
  };
  const read = (from: string, files: FileNames, fix: string): Credentials => ({
    ...readFiles(ini.path, from, files, fix, options),
    ...(passphrase !== undefined && { passphrase }),
  });
  const p2p = read(folder, own, 'check [network_security] data_path, key, cert and ca_cert');
  if (!rsaChannel) return { p2p, channel: p2p };
  const files = { ca: 'ca.crt', certificate: 'node.crt', key: 'node.key' };
  const fix =
    '[chain] rsa_crypto_channel=true asks for the RSA files of channel_cert: put the folder back, or set it to false';
  return { p2p, channel: read(resolve(folder, 'channel_cert'), files, fix) };
}

function readFiles(
  config: string,
  folder: string,
  { ca, certificate, key }: FileNames,
  fix: string,
  options: ReadOptions,
): Credentials {
  const path = (file: string): string => resolve(folder, file);
  const read = (file: string): string => readText(path(file), config, fix, options);
  const credentials = {
    ca: read(ca),
    certificate: read(certificate),
    key: read(key),
    files: { ca: path(ca), certificate: path(certificate), key: path(key) },
  };
  if (credentials.key !== '') warnIfOpen(path(key), options.warnings);
  return credentials;
}

function readPassphrase(ini: IniFile, options: ReadOptions): string | undefined {
  const found = ini.get('amop.passphrase_file');
  if (found === undefined) return undefined;
  const path = resolve(dirname(ini.path), found.value);
  const text = readText(path, ini.path, 'check passphrase_file in [amop]', options);
  if (text.trim() === '') return existsSync(path) ? refuseEmpty(path, ini, options) : undefined;
  warnIfOpen(path, options.warnings);
  // An editor ends the line; the passphrase does not.
  return text.replace(/\r?\n$/, '');
}

/** Without a passphrase the key would be told to be at fault. */
function refuseEmpty(path: string, ini: IniFile, { onFault }: ReadOptions): undefined {
  const fix = 'write the passphrase into it as its one line, or take passphrase_file out of [amop]';
  const error = new NodeError(
    'AMOP_NODE_CONFIG_FILE',
    `${path}, the passphrase_file of ${ini.path}, is empty`,
    { file: path, fix },
  );
  if (onFault === undefined) throw error;
  onFault(error);
}

function readText(path: string, config: string, fix: string, { onFault }: ReadOptions): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const error = new NodeError(
      'AMOP_NODE_CONFIG_FILE',
      `cannot read ${path}, needed by ${config}: ${reasonOf(cause)}`,
      { file: path, fix: fixOf(cause, fix) },
      cause,
    );
    if (onFault === undefined) throw error;
    onFault(error);
    return '';
  }
}

/** On Windows modes say nothing: there every file seems open to all. */
function warnIfOpen(path: string, warnings: ConfigWarning[]): void {
  const mode = statSync(path).mode & 0o777;
  if ((mode & OTHERS) === 0 || process.platform === 'win32') return;
  const text = mode.toString(8).padStart(4, '0');
  const message = `${path} is open to others (mode ${text})`;
  if (warnings.some((warning) => warning.message === message)) return;
  warnings.push({ code: 'open-file', message, fix: 'chmod 600 it', file: path });
}
