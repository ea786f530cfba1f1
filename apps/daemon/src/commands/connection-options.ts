import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TlsOptions } from '@amop/client';
import type { Command } from 'commander';
import { checkPair, readIfThere } from '../certs/existing/authority-file.ts';
import { readPassphraseFile } from '../certs/secret/passphrase-file.ts';
import { DaemonError } from '../errors.ts';
import { type SdkCertificates, SdkConfig } from '../sdk-config/sdk-config.ts';
import type { Terminal } from '../terminal.ts';
import { collect } from './values.ts';

/** Options that every command which talks to a node has. */
export interface ConnectionOptions {
  readonly node?: readonly string[];
  readonly certs?: string;
  readonly sdkConfig?: string;
  readonly passphraseFile?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

const DEFAULT_NODE = '127.0.0.1:20200';

/** Where certificates are looked for, the first that exists: what `npm start` makes, then an original sdk folder. */
const DEFAULT_FOLDERS = [join('.amop', 'bankA', 'sdk'), 'sdk'] as const;

/** The files of an sdk folder (spec 15.4). */
const SDK_FILES = ['ca.crt', 'sdk.crt', 'sdk.key'] as const;

/** Gives `command` the options of `ConnectionOptions` with their help. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option(
      '--node <host:port>',
      `node to connect to, repeatable (or AMOP_NODE, comma separated; default ${DEFAULT_NODE})`,
      collect,
    )
    .option(
      '--certs <dir>',
      'folder with ca.crt, sdk.crt, sdk.key (or AMOP_CERTS; default .amop/bankA/sdk, then sdk)',
    )
    .option(
      '--sdk-config <file>',
      'config.toml of the Java SDK: nodes, certificates and keys of private topics that no other option names',
    )
    .option(
      '--passphrase-file <file>',
      'file with the passphrase of an encrypted sdk.key (or AMOP_PASSPHRASE_FILE)',
    )
    .option('--json', 'one JSON object a line, errors on stderr too')
    .option('--verbose', 'log lines of the connection, and the stack of an error');
}

/**
 * The configuration of the Java SDK that `--sdk-config` names, if it does.
 *
 * @throws DaemonError `AMOP_DAEMON_SDK_CONFIG`
 */
export function resolveSdkConfig(
  { sdkConfig }: ConnectionOptions,
  terminal: Terminal,
): SdkConfig | undefined {
  return sdkConfig === undefined ? undefined : new SdkConfig(sdkConfig, terminal.cwd);
}

/**
 * The nodes to connect to: options, else `--sdk-config`, else `AMOP_NODE`, else the default.
 *
 * @throws DaemonError `AMOP_DAEMON_SDK_CONFIG`
 */
export function resolveNodes(options: ConnectionOptions, terminal: Terminal): readonly string[] {
  if (options.node !== undefined && options.node.length > 0) return options.node;
  const sdkConfig = resolveSdkConfig(options, terminal);
  if (sdkConfig !== undefined) return sdkConfig.nodes();
  const fromEnvironment = (terminal.env.AMOP_NODE ?? '')
    .split(',')
    .map((node) => node.trim())
    .filter((node) => node !== '');
  return fromEnvironment.length > 0 ? fromEnvironment : [DEFAULT_NODE];
}

/**
 * Absolute path of the certificate folder: option, else `AMOP_CERTS`, else the first default that exists.
 *
 * @throws DaemonError `AMOP_DAEMON_SDK_FOLDER` when a file is missing
 */
export function resolveCertificates(options: ConnectionOptions, terminal: Terminal): string {
  const chosen =
    options.certs ??
    (terminal.env.AMOP_CERTS ||
      DEFAULT_FOLDERS.find((folder) => existsSync(resolve(terminal.cwd, folder))));
  if (chosen === undefined) {
    throw new DaemonError(
      'AMOP_DAEMON_SDK_FOLDER',
      `no certificates: neither ${DEFAULT_FOLDERS.join(' nor ')} exists in ${terminal.cwd}`,
      { path: terminal.cwd, missing: DEFAULT_FOLDERS },
    );
  }
  const path = resolve(terminal.cwd, chosen);
  const missing = SDK_FILES.filter((file) => !existsSync(join(path, file)));
  if (missing.length > 0) {
    throw new DaemonError('AMOP_DAEMON_SDK_FOLDER', `${path} lacks ${missing.join(', ')}`, {
      path,
      missing,
    });
  }
  return path;
}

/**
 * Certificates and key for TLS: `--certs`, else what `--sdk-config` names, else the folder of
 * {@link resolveCertificates}.
 *
 * @throws DaemonError `AMOP_DAEMON_SDK_FOLDER`, `AMOP_DAEMON_SDK_CONFIG`, `AMOP_DAEMON_PASSPHRASE_FILE`; CryptoError
 *   `AMOP_CRYPTO_PASSPHRASE` when the key is encrypted and does not open
 */
export function resolveTls(options: ConnectionOptions, terminal: Terminal): TlsOptions {
  const sdkConfig = options.certs === undefined ? resolveSdkConfig(options, terminal) : undefined;
  if (sdkConfig !== undefined) {
    const { ca, certificate, key } = sdkConfig.certificates();
    const passphrase = resolvePassphrase(options, terminal, { certificate, key });
    return { ...passphrase, ...pemTexts({ ca, certificate, key }) };
  }
  const directory = resolveCertificates(options, terminal);
  const pair = { certificate: join(directory, 'sdk.crt'), key: join(directory, 'sdk.key') };
  return { directory, ...resolvePassphrase(options, terminal, pair) };
}

function pemTexts(paths: SdkCertificates): SdkCertificates {
  return {
    ca: readFileSync(paths.ca, 'utf8'),
    certificate: readFileSync(paths.certificate, 'utf8'),
    key: readFileSync(paths.key, 'utf8'),
  };
}

/** Paths of a certificate and its key. */
interface PairPaths {
  readonly certificate: string;
  readonly key: string;
}

/** The passphrase of the key, nothing when none is given and none is needed. */
function resolvePassphrase(
  options: ConnectionOptions,
  terminal: Terminal,
  { certificate, key }: PairPaths,
): { readonly passphrase?: string } {
  const file = options.passphraseFile ?? (terminal.env.AMOP_PASSPHRASE_FILE || undefined);
  const passphrase = file === undefined ? undefined : readPassphraseFile(file, terminal);
  const privateKeyPem = readIfThere(key) ?? '';
  // A plain key is left to the client, which says more about it.
  if (privateKeyPem.includes('ENCRYPTED')) {
    const certificatePem = readIfThere(certificate) ?? '';
    checkPair({ path: key, certificatePem, privateKeyPem }, passphrase);
  }
  return passphrase === undefined ? {} : { passphrase };
}
