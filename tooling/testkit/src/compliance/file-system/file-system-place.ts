import type { FileSystem, OpenFile } from '@amop/ports';
import { onTestFinished } from 'vitest';

/** Where a test of the suite works. */
export interface FileSystemPlace {
  readonly fileSystem: FileSystem;
  /** An empty folder, without a slash at its end. */
  readonly directory: string;
}

/** Gives an empty folder. */
export type MakePlace = () => FileSystemPlace | Promise<FileSystemPlace>;

/** Opens a file that is closed when the test is over. */
export async function openFile(
  fileSystem: FileSystem,
  path: string,
  mode: 'read' | 'write' | 'create',
): Promise<OpenFile> {
  const file = await fileSystem.open(path, mode);
  onTestFinished(() => file.close());
  return file;
}

/** Makes a file with these bytes. */
export async function putFile(
  fileSystem: FileSystem,
  path: string,
  bytes: readonly number[],
): Promise<void> {
  const file = await fileSystem.open(path, 'create');
  await file.write(Uint8Array.from(bytes), 0);
  await file.close();
}

/** All of a file. */
export async function bytesOf(fileSystem: FileSystem, path: string): Promise<number[]> {
  const file = await fileSystem.open(path, 'read');
  const { sizeBytes } = await file.stat();
  const bytes = new Uint8Array(sizeBytes);
  await file.read(bytes, 0);
  await file.close();
  return [...bytes];
}

/** The code of what something failed with; undefined when it did not fail. */
export function codeOf(operation: Promise<unknown>): Promise<unknown> {
  return operation.then(
    () => undefined,
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
}
