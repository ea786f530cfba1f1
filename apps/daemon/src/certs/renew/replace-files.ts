import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { DaemonError } from '../../errors.ts';
import { errorCode } from '../../exit-code.ts';

/** A file with its new text. */
export interface Replacement {
  readonly path: string;
  readonly text: string;
  /** A private key: readable by its owner alone (0600). */
  readonly secret: boolean;
}

interface Prepared {
  readonly path: string;
  readonly staged: string;
  readonly kept?: string;
}

/** So many old files of one day are kept; more is a slip. */
const MAX_KEPT = 100;

/**
 * Replaces files. The old ones stay beside them as `<name>.old-<YYYYMMDD>`, with `-2`, `-3` where that is taken.
 *
 * All new files are written, and all old ones kept, before the first is renamed into its place; until then a
 * failure leaves everything as it was. It does not yield, so that no signal ends it in between.
 *
 * @param nowMs ms since 1970; its day, UTC, is part of the name
 * @returns the path of each old file by that of the new one
 * @throws DaemonError `AMOP_DAEMON_CERTS_WRITE`
 */
export function replaceFiles(
  replacements: readonly Replacement[],
  nowMs: number,
): ReadonlyMap<string, string> {
  const suffix = `.old-${new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
  const prepared: Prepared[] = [];
  try {
    for (const replacement of replacements) prepared.push(prepare(replacement, suffix));
  } catch (error) {
    for (const { kept, staged } of prepared) {
      for (const path of [staged, kept]) if (path !== undefined) rmSync(path, { force: true });
    }
    throw error;
  }
  for (const { path, staged } of prepared) attempt(path, () => renameSync(staged, path));
  return new Map(prepared.flatMap(({ kept, path }) => (kept === undefined ? [] : [[path, kept]])));
}

function prepare({ path, secret, text }: Replacement, suffix: string): Prepared {
  const staged = `${path}.new-${randomBytes(6).toString('hex')}`;
  try {
    return attempt(path, () => {
      const old = lstatSync(path, { throwIfNoEntry: false });
      writeSynced(staged, text, secret ? 0o600 : (old?.mode ?? 0o644) & 0o777);
      keepOwner(staged, old);
      return old === undefined ? { path, staged } : { path, staged, kept: keep(path, suffix) };
    });
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
}

function writeSynced(path: string, text: string, mode: number): void {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  chmodSync(path, mode);
}

/** Whoever runs the node must be able to read what root has renewed. */
function keepOwner(path: string, old: Stats | undefined): void {
  if (old === undefined || process.getuid?.() !== 0) return;
  chownSync(path, old.uid, old.gid);
}

function keep(path: string, suffix: string): string {
  for (let number = 1; number <= MAX_KEPT; number += 1) {
    const kept = `${path}${suffix}${number === 1 ? '' : `-${number}`}`;
    try {
      copyFileSync(path, kept, constants.COPYFILE_EXCL);
      return kept;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
  throw new Error(`there are ${MAX_KEPT} old files of today`);
}

function attempt<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DaemonError(
      'AMOP_DAEMON_CERTS_WRITE',
      `cannot replace ${path}: ${reason}`,
      { path },
      { cause },
    );
  }
}
