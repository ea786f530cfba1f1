import type { FileMessage } from '@amop/codec';
import type { FileSystem } from '@amop/ports';
import { freePartName, placeFile } from './place-file.ts';
import type { ReceiveFolder } from './receive-folder.ts';

/**
 * Writes a file that came as one message. Nothing of it is left when that fails.
 *
 * @param name a safe one; `isTaken`: names of parts that are not there yet
 * @returns its path
 * @throws what the disk answers
 */
export async function storeSingle(
  { bytes }: FileMessage,
  name: string,
  folder: ReceiveFolder,
  { files, isTaken }: { readonly files: FileSystem; readonly isTaken: (part: string) => boolean },
): Promise<string> {
  const path = folder.pathOf(await freePartName(folder, name, files, isTaken));
  const file = await files.open(path, 'create');
  try {
    let identity: string;
    try {
      await file.write(bytes, 0);
      await file.sync();
      ({ identity } = await file.stat());
    } finally {
      await file.close();
    }
    return await placeFile(folder, { path, identity }, name, files);
  } catch (error) {
    await files.remove(path);
    throw error;
  }
}
