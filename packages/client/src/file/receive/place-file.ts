import type { FileSystem } from '@amop/ports';
import { diskCode } from '../reasons.ts';
import type { ReceiveFolder } from './receive-folder.ts';
import { numberedName } from './safe-name.ts';

/** Names that are tried before a folder is taken for full of them. */
const MAX_NUMBER = 9_999;

/** Where it is not possible to give a file a second name. */
const NO_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
]);

/**
 * Gives a whole file its name: the wanted one, or with a number where that is taken. Never in place of
 * another file. Resolves with the path when that survives a loss of power.
 *
 * @param part the file as it is called now; before a crash it may have got its name already
 * @throws what the disk answers
 */
export async function placeFile(
  folder: ReceiveFolder,
  part: { readonly path: string; readonly identity: string },
  wanted: string,
  files: FileSystem,
): Promise<string> {
  const isLeft = (await files.stat(part.path)) !== undefined;
  for (let number = 0; number <= MAX_NUMBER; number++) {
    const path = folder.pathOf(numberedName(wanted, number));
    const found = await files.stat(path);
    const isNamed = found?.identity === part.identity;
    if (found !== undefined && !isNamed) continue;
    // Where neither is left, its owner has taken it away meanwhile.
    if (isNamed || !isLeft || (await giveName(part.path, path, files))) {
      await files.remove(part.path);
      await files.syncDirectory(folder.directory);
      return path;
    }
  }
  throw Object.assign(new Error(`no name is left for ${wanted}`), { code: 'EEXIST' });
}

/**
 * A free name for an unfinished file: none that is there with `.part`, none that is there without.
 *
 * @param isTaken names of unfinished files that are not there yet
 */
export async function freePartName(
  folder: ReceiveFolder,
  wanted: string,
  files: FileSystem,
  isTaken: (part: string) => boolean,
): Promise<string> {
  for (let number = 0; number <= MAX_NUMBER; number++) {
    const part = `${numberedName(wanted, number)}.part`;
    if (isTaken(part)) continue;
    if ((await files.stat(folder.pathOf(part))) === undefined) return part;
  }
  throw Object.assign(new Error(`no name is left for ${wanted}`), { code: 'EEXIST' });
}

async function giveName(partPath: string, path: string, files: FileSystem): Promise<boolean> {
  try {
    await files.link(partPath, path);
    return true;
  } catch (error) {
    const code = diskCode(error) ?? '';
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.has(code)) throw error;
  }
  try {
    // An empty file of our own keeps the name free; the other one takes its place.
    await (await files.open(path, 'create')).close();
  } catch (error) {
    if (diskCode(error) === 'EEXIST') return false;
    throw error;
  }
  await files.rename(partPath, path);
  return true;
}
