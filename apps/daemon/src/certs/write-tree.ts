import { lstatSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DaemonError } from '../errors.ts';

/** One file of the tree that `amop certs` makes. */
export interface TreeFile {
  /** Path below the output folder, with `/`. */
  readonly path: string;
  readonly text: string;
  /** A private key: readable by its owner alone (0600). */
  readonly secret: boolean;
}

/**
 * Writes the files below `out`: first into a hidden folder beside their place, then each new folder is renamed, so
 * that no folder is ever seen half written. Nothing that exists is touched.
 *
 * @param folders the new folders, with `/`; the first parts of the paths when left out
 * @throws DaemonError `AMOP_DAEMON_CERTS_EXIST` naming what is in the way, `AMOP_DAEMON_CERTS_WRITE` with the cause
 */
export async function writeTree(
  out: string,
  files: readonly TreeFile[],
  folders: readonly string[] = [...new Set(files.map((file) => file.path.split('/')[0] ?? ''))],
): Promise<void> {
  refuseExisting(out, folders);
  let staging: string | undefined;
  try {
    await mkdir(out, { recursive: true });
    staging = await mkdtemp(join(out, '.amop-certs-'));
    for (const file of files) {
      const target = join(staging, file.path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, file.text, { mode: file.secret ? 0o600 : 0o644, flag: 'wx' });
    }
    for (const folder of folders) {
      await mkdir(dirname(join(out, folder)), { recursive: true });
      await rename(join(staging, folder), join(out, folder));
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DaemonError(
      'AMOP_DAEMON_CERTS_WRITE',
      `cannot write certificates to ${out}: ${reason}`,
      { path: out },
      { cause },
    );
  } finally {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
  }
}

/**
 * Ends the run before any key is made when a folder of the tree is there already.
 *
 * @throws DaemonError `AMOP_DAEMON_CERTS_EXIST`
 */
export function refuseExisting(out: string, folders: readonly string[]): void {
  for (const folder of folders) {
    const path = join(out, folder);
    if (isThere(path)) {
      throw new DaemonError(
        'AMOP_DAEMON_CERTS_EXIST',
        `${path} exists and is not overwritten, it may hold keys in use`,
        { path },
      );
    }
  }
}

/** Also a symbolic link that leads nowhere is in the way. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A file or a closed folder on the way: writing will say what is wrong.
    return false;
  }
}
