import { expect, test } from 'vitest';
import { bytesOf, codeOf, type MakePlace, openFile, putFile } from './file-system-place.ts';

/** Names are given, moved and taken away. */
export function nameCases(makePlace: MakePlace): void {
  test('stat tells of a file, by its name as by what is open', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/file`, [1, 2, 3]);
    const file = await openFile(fileSystem, `${directory}/file`, 'read');
    const stat = await fileSystem.stat(`${directory}/file`);
    expect(stat).toMatchObject({ kind: 'file', sizeBytes: 3 });
    expect(await file.stat()).toEqual(stat);
  });

  test('stat of what is missing is undefined, below a file it fails', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/file`, [1]);
    expect(await fileSystem.stat(`${directory}/missing`)).toBeUndefined();
    expect(await fileSystem.stat(`${directory}/no/folder`)).toBeUndefined();
    expect(await codeOf(fileSystem.stat(`${directory}/file/below`))).toBe('ENOTDIR');
  });

  test('two names of one file have one identity and one content; another file has another', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/one`, [1]);
    await putFile(fileSystem, `${directory}/other`, [1]);
    await fileSystem.link(`${directory}/one`, `${directory}/two`);
    const [one, two, other] = await Promise.all(
      ['one', 'two', 'other'].map((name) => fileSystem.stat(`${directory}/${name}`)),
    );
    expect(two).toEqual(one);
    expect(other?.identity).not.toBe(one?.identity);
    const file = await openFile(fileSystem, `${directory}/two`, 'write');
    await file.write(Uint8Array.of(2), 1);
    expect(await bytesOf(fileSystem, `${directory}/one`)).toEqual([1, 2]);
  });

  test('link takes no name that is taken, and needs something to name', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/one`, [1]);
    await putFile(fileSystem, `${directory}/two`, [2]);
    expect(await codeOf(fileSystem.link(`${directory}/one`, `${directory}/two`))).toBe('EEXIST');
    expect(await codeOf(fileSystem.link(`${directory}/no`, `${directory}/new`))).toBe('ENOENT');
    expect(await codeOf(fileSystem.link(`${directory}/one`, `${directory}/no/x`))).toBe('ENOENT');
    expect(await bytesOf(fileSystem, `${directory}/two`)).toEqual([2]);
  });

  test('rename moves a file and replaces what has the name', async () => {
    const { fileSystem, directory } = await makePlace();
    await fileSystem.makeDirectory(`${directory}/folder`);
    await putFile(fileSystem, `${directory}/old`, [1]);
    await putFile(fileSystem, `${directory}/folder/new`, [2]);
    const before = await fileSystem.stat(`${directory}/old`);
    await fileSystem.rename(`${directory}/old`, `${directory}/folder/new`);
    expect(await fileSystem.list(directory)).toEqual(['folder']);
    expect(await fileSystem.list(`${directory}/folder`)).toEqual(['new']);
    expect(await fileSystem.stat(`${directory}/folder/new`)).toEqual(before);
    expect(await bytesOf(fileSystem, `${directory}/folder/new`)).toEqual([1]);
  });

  test('rename to another name of the same file leaves both', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/one`, [1]);
    await fileSystem.link(`${directory}/one`, `${directory}/two`);
    await fileSystem.rename(`${directory}/one`, `${directory}/two`);
    await fileSystem.rename(`${directory}/one`, `${directory}/one`);
    expect([...(await fileSystem.list(directory))].sort()).toEqual(['one', 'two']);
  });

  test('rename needs a file, and no folder where it goes', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/file`, [1]);
    await fileSystem.makeDirectory(`${directory}/folder`);
    const rename = (from: string, to: string): Promise<unknown> =>
      codeOf(fileSystem.rename(`${directory}/${from}`, `${directory}/${to}`));
    expect(await rename('no', 'new')).toBe('ENOENT');
    expect(await rename('file', 'no/new')).toBe('ENOENT');
    expect(await rename('file', 'folder')).toBe('EISDIR');
    expect(await bytesOf(fileSystem, `${directory}/file`)).toEqual([1]);
  });

  test('remove takes one name away', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/one`, [1]);
    await fileSystem.link(`${directory}/one`, `${directory}/two`);
    await fileSystem.remove(`${directory}/one`);
    expect(await fileSystem.list(directory)).toEqual(['two']);
    expect(await bytesOf(fileSystem, `${directory}/two`)).toEqual([1]);
  });

  test('remove of what is missing does nothing, of a folder it fails', async () => {
    const { fileSystem, directory } = await makePlace();
    await fileSystem.makeDirectory(`${directory}/folder`);
    await putFile(fileSystem, `${directory}/file`, [1]);
    await fileSystem.remove(`${directory}/missing`);
    await fileSystem.remove(`${directory}/no/folder`);
    expect(await codeOf(fileSystem.remove(`${directory}/file/below`))).toBe('ENOTDIR');
    // Linux and the rest of POSIX disagree.
    expect(['EISDIR', 'EPERM']).toContain(await codeOf(fileSystem.remove(`${directory}/folder`)));
    expect([...(await fileSystem.list(directory))].sort()).toEqual(['file', 'folder']);
  });

  test('a lock has one holder until it is let go', async () => {
    const { fileSystem, directory } = await makePlace();
    const unlock = await fileSystem.lock(`${directory}/lock`);
    expect(await codeOf(fileSystem.lock(`${directory}/lock`))).toBe('EBUSY');
    const other = await fileSystem.lock(`${directory}/other`);
    await unlock();
    const again = await fileSystem.lock(`${directory}/lock`);
    await unlock();
    expect(await codeOf(fileSystem.lock(`${directory}/lock`))).toBe('EBUSY');
    await again();
    await other();
    expect(await fileSystem.list(directory)).toEqual([]);
  });
}
