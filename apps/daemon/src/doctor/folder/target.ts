import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DaemonError } from '../../errors.ts';

/** What is to be looked at: a node by its configuration, or the folder of applications. */
export type Target =
  | { readonly kind: 'node'; readonly config: string }
  | { readonly kind: 'application'; readonly folder: string };

/**
 * What a path stands for.
 *
 * @param path absolute: a `config.ini`, the folder of a node, or that of applications
 * @throws DaemonError `AMOP_DAEMON_CONFIG_FILE` when it is none of them
 */
export function targetOf(path: string): Target {
  const entry = entryOf(path);
  if (entry === undefined) throw none(`there is no ${path}`, path);
  if (!entry.isDirectory()) {
    return basename(path) === 'sdk.crt'
      ? { kind: 'application', folder: join(path, '..') }
      : { kind: 'node', config: path };
  }
  const config = join(path, 'config.ini');
  if (entryOf(config) !== undefined) return { kind: 'node', config };
  const isApplication = ['sdk.crt', 'sdk.key'].some(
    (name) => entryOf(join(path, name)) !== undefined,
  );
  if (isApplication) return { kind: 'application', folder: path };
  throw none(`there is neither config.ini nor sdk.crt in ${path}`, path);
}

function entryOf(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw none(`cannot look at ${path}: ${reason}`, path, cause);
  }
}

function none(message: string, path: string, cause?: unknown): DaemonError {
  const fix =
    "name the folder of a node, its config.ini, or the sdk folder; 'amop certs' makes them";
  return new DaemonError('AMOP_DAEMON_CONFIG_FILE', message, { path, fix }, { cause });
}
