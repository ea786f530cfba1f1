import { CommanderError } from 'commander';

/** What the process ends with: done, failed, wrong usage, configuration (house style, section 8). */
export const ExitCode = { done: 0, failed: 1, usage: 2, configuration: 3 } as const;

/** One of the four exit codes. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const USAGE: ReadonlySet<string> = new Set([
  'AMOP_DAEMON_USAGE',
  'AMOP_CLIENT_OPTIONS',
  'AMOP_CLIENT_TOPIC',
  'AMOP_CODEC_INVALID_TOPIC',
]);

const CONFIGURATION: ReadonlySet<string> = new Set([
  'AMOP_DAEMON_CERTS_AUTHORITY',
  'AMOP_DAEMON_CERTS_EXIST',
  'AMOP_DAEMON_AUDIT',
  'AMOP_DAEMON_CERTS_READ',
  'AMOP_DAEMON_CERTS_RENEW',
  'AMOP_DAEMON_CONFIG_FILE',
  'AMOP_DAEMON_KEY_FILE',
  'AMOP_DAEMON_PASSPHRASE_FILE',
  'AMOP_DAEMON_SDK_CONFIG',
  'AMOP_DAEMON_SDK_FOLDER',
  'AMOP_CLIENT_CERTIFICATE',
  'AMOP_CLIENT_FILE',
  'AMOP_NODE_CREDENTIALS',
]);

/** Beginnings of codes that tell of a file: `config.ini`, or a key or certificate that cannot be used. */
const FILES_AT_FAULT = /^AMOP_(NODE_CONFIG|CRYPTO_)/;

/** The `code` member of a thrown value, `undefined` if it has none. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The exit code that a thrown value stands for; anything unknown is `failed`. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    // A help or version text that was asked for is no error.
    return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
  }
  const code = errorCode(error);
  if (code === undefined) return ExitCode.failed;
  if (USAGE.has(code)) return ExitCode.usage;
  if (CONFIGURATION.has(code) || FILES_AT_FAULT.test(code)) return ExitCode.configuration;
  return ExitCode.failed;
}
