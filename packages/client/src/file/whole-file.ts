import type { FileSystem } from '@amop/ports';

/** All bytes of a file of at most `maxBytes`; undefined when there is none, or a larger one. */
export async function readWhole(
  files: FileSystem,
  path: string,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const found = await files.stat(path);
  if (found?.kind !== 'file' || found.sizeBytes > maxBytes) return undefined;
  const file = await files.open(path, 'read');
  try {
    const bytes = new Uint8Array(found.sizeBytes);
    return bytes.subarray(0, await file.read(bytes, 0));
  } finally {
    await file.close();
  }
}

/** Puts a file in place of another one: after a crash there is the old one or the new one, whole. */
export async function replaceWhole(
  files: FileSystem,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const draft = `${path}.new`;
  await files.remove(draft);
  const file = await files.open(draft, 'create');
  try {
    await file.write(bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(draft, path);
}
