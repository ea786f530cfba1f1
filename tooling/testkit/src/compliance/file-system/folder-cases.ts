import { expect, test } from 'vitest';
import { codeOf, type MakePlace, putFile } from './file-system-place.ts';

/** Folders are made, listed and synced. */
export function folderCases(makePlace: MakePlace): void {
  test('a folder is made with those above it, and left alone when it is there', async () => {
    const { fileSystem, directory } = await makePlace();
    await fileSystem.makeDirectory(`${directory}/a/b/c`);
    await putFile(fileSystem, `${directory}/a/b/c/file`, [1]);
    await fileSystem.makeDirectory(`${directory}/a/b/c`);
    await fileSystem.makeDirectory(`${directory}/a`);
    expect(await fileSystem.list(`${directory}/a/b/c`)).toEqual(['file']);
    expect(await fileSystem.stat(`${directory}/a`)).toMatchObject({ kind: 'directory' });
  });

  test('a folder is not made in place of a file, nor below one', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/file`, [1]);
    expect(await codeOf(fileSystem.makeDirectory(`${directory}/file`))).toBe('EEXIST');
    expect(await codeOf(fileSystem.makeDirectory(`${directory}/file/below`))).toBe('ENOTDIR');
  });

  test('list gives the names of files and folders in one folder', async () => {
    const { fileSystem, directory } = await makePlace();
    expect(await fileSystem.list(directory)).toEqual([]);
    await fileSystem.makeDirectory(`${directory}/folder/below`);
    await putFile(fileSystem, `${directory}/ein Brief – 信.txt`, [1]);
    expect([...(await fileSystem.list(directory))].sort()).toEqual([
      'ein Brief – 信.txt',
      'folder',
    ]);
  });

  test('list and syncDirectory need a folder', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/file`, [1]);
    for (const operation of ['list', 'syncDirectory'] as const) {
      expect(await codeOf(fileSystem[operation](`${directory}/no`))).toBe('ENOENT');
      expect(await codeOf(fileSystem[operation](`${directory}/file`))).toBe('ENOTDIR');
    }
    await fileSystem.syncDirectory(directory);
  });

  test('there is room, and none in a folder that is missing', async () => {
    const { fileSystem, directory } = await makePlace();
    expect(await fileSystem.freeBytes(directory)).toBeGreaterThan(0);
    expect(await codeOf(fileSystem.freeBytes(`${directory}/no`))).toBe('ENOENT');
  });
}
