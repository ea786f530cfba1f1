import { expect, test } from 'vitest';
import { bytesOf, codeOf, type MakePlace, openFile, putFile } from './file-system-place.ts';

/** What may be opened, and what an open file still is when its names change. */
export function openingCases(makePlace: MakePlace): void {
  test('a file that is made is empty and there at once', async () => {
    const { fileSystem, directory } = await makePlace();
    const file = await openFile(fileSystem, `${directory}/made`, 'create');
    expect(await file.stat()).toMatchObject({ kind: 'file', sizeBytes: 0 });
    expect(await fileSystem.list(directory)).toEqual(['made']);
  });

  test('create takes no name that is taken, and leaves what has it alone', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/taken`, [1, 2, 3]);
    await fileSystem.makeDirectory(`${directory}/folder`);
    expect(await codeOf(fileSystem.open(`${directory}/taken`, 'create'))).toBe('EEXIST');
    expect(await codeOf(fileSystem.open(`${directory}/folder`, 'create'))).toBe('EEXIST');
    expect(await bytesOf(fileSystem, `${directory}/taken`)).toEqual([1, 2, 3]);
  });

  test.each(['read', 'write'] as const)('%s makes no file', async (mode) => {
    const { fileSystem, directory } = await makePlace();
    expect(await codeOf(fileSystem.open(`${directory}/missing`, mode))).toBe('ENOENT');
    expect(await fileSystem.list(directory)).toEqual([]);
  });

  test.each(['read', 'write', 'create'] as const)(
    '%s needs the folder, and no file in its place',
    async (mode) => {
      const { fileSystem, directory } = await makePlace();
      await putFile(fileSystem, `${directory}/file`, [1]);
      expect(await codeOf(fileSystem.open(`${directory}/no/file`, mode))).toBe('ENOENT');
      expect(await codeOf(fileSystem.open(`${directory}/file/file`, mode))).toBe('ENOTDIR');
    },
  );

  test('a folder is no file', async () => {
    const { fileSystem, directory } = await makePlace();
    expect(await codeOf(fileSystem.open(directory, 'write'))).toBe('EISDIR');
    // Some systems open it for reading.
    const read = fileSystem.open(directory, 'read').then(async (file) => {
      try {
        return await file.read(new Uint8Array(1), 0);
      } finally {
        await file.close();
      }
    });
    expect(await codeOf(read)).toBe('EISDIR');
  });

  test('a name longer than 255 bytes is told as such', async () => {
    const { fileSystem, directory } = await makePlace();
    const path = `${directory}/${'x'.repeat(256)}`;
    expect(await codeOf(fileSystem.open(path, 'create'))).toBe('ENAMETOOLONG');
  });

  test('a file that is open stays what it is when its name goes to another', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/name`, [1, 2, 3]);
    await putFile(fileSystem, `${directory}/other`, [9]);
    const file = await openFile(fileSystem, `${directory}/name`, 'write');
    const { identity } = await file.stat();
    await fileSystem.rename(`${directory}/other`, `${directory}/name`);
    await file.write(Uint8Array.of(4), 3);
    const target = new Uint8Array(10);
    expect(await file.read(target, 0)).toBe(4);
    expect([...target.subarray(0, 4)]).toEqual([1, 2, 3, 4]);
    expect(await file.stat()).toMatchObject({ sizeBytes: 4, identity });
    expect((await fileSystem.stat(`${directory}/name`))?.identity).not.toBe(identity);
  });

  test('closing twice does nothing more, at the same time or later', async () => {
    const { fileSystem, directory } = await makePlace();
    const file = await fileSystem.open(`${directory}/file`, 'create');
    const other = await openFile(fileSystem, `${directory}/file`, 'write');
    await other.write(Uint8Array.of(1), 0);
    await Promise.all([file.close(), file.close()]);
    await file.close();
    await fileSystem.remove(`${directory}/file`);
    expect(await other.read(new Uint8Array(2), 0)).toBe(1);
  });

  test('a file that is closed does nothing any more', async () => {
    const { fileSystem, directory } = await makePlace();
    const file = await fileSystem.open(`${directory}/file`, 'create');
    await file.close();
    expect(await codeOf(file.read(new Uint8Array(1), 0))).toBe('EBADF');
    expect(await codeOf(file.write(Uint8Array.of(1), 0))).toBe('EBADF');
    expect(await codeOf(file.stat())).toBe('EBADF');
    expect(await codeOf(file.sync())).toBe('EBADF');
  });
}
