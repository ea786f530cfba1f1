import { expect, test } from 'vitest';
import { areEqual, someBytes } from '../compliance-pair.ts';
import { bytesOf, codeOf, type MakePlace, openFile, putFile } from './file-system-place.ts';

/** More than 32 bits, and within a page of any size. */
const FAR = 5_000_000_123;

/** What was written is read, wherever it is. */
export function contentCases(makePlace: MakePlace): void {
  test('megabytes come back as they were written', async () => {
    const { fileSystem, directory } = await makePlace();
    const content = someBytes(3_000_001, 31);
    const file = await openFile(fileSystem, `${directory}/file`, 'create');
    for (let start = 0; start < content.length; start += 700_000) {
      await file.write(content.subarray(start, start + 700_000), start);
    }
    await file.sync();
    const target = new Uint8Array(content.length);
    expect(await file.read(target, 0)).toBe(content.length);
    expect(areEqual(target, content)).toBe(true);
    const middle = new Uint8Array(200_000);
    expect(await file.read(middle, 65_000)).toBe(middle.length);
    expect(areEqual(middle, content.subarray(65_000, 265_000))).toBe(true);
  });

  test('what lies over older bytes replaces them alone', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/file`, [1, 2, 3, 4, 5]);
    const file = await openFile(fileSystem, `${directory}/file`, 'write');
    await file.write(Uint8Array.of(8, 9), 1);
    expect(await bytesOf(fileSystem, `${directory}/file`)).toEqual([1, 8, 9, 4, 5]);
  });

  test('reading stops at the end of the file and leaves the rest of the target alone', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/file`, [1, 2, 3]);
    const file = await openFile(fileSystem, `${directory}/file`, 'read');
    const target = new Uint8Array(4).fill(7);
    expect(await file.read(target, 1)).toBe(2);
    expect([...target]).toEqual([2, 3, 7, 7]);
    expect(await file.read(target, 3)).toBe(0);
    expect(await file.read(target, FAR)).toBe(0);
    expect([...target]).toEqual([2, 3, 7, 7]);
  });

  test('a target that is a part of other memory is filled and nothing beside it', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/file`, [1, 2, 3, 4]);
    const file = await openFile(fileSystem, `${directory}/file`, 'read');
    const memory = new Uint8Array(5);
    expect(await file.read(memory.subarray(2, 4), 0)).toBe(2);
    expect([...memory]).toEqual([0, 0, 1, 2, 0]);
  });

  test('what was not written before a far position is zeros', async () => {
    const { fileSystem, directory } = await makePlace();
    const file = await openFile(fileSystem, `${directory}/file`, 'create');
    await file.write(Uint8Array.of(1), 0);
    await file.write(Uint8Array.of(2, 3), FAR);
    expect((await file.stat()).sizeBytes).toBe(FAR + 2);
    const target = new Uint8Array(6).fill(7);
    expect(await file.read(target, FAR - 2)).toBe(4);
    expect([...target]).toEqual([0, 0, 2, 3, 7, 7]);
    expect(await file.read(target, 0)).toBe(6);
    expect([...target]).toEqual([1, 0, 0, 0, 0, 0]);
    expect(await file.read(target, 2_000_000_000)).toBe(6);
    expect([...target]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('nothing is written or read of an empty array, and the file does not grow', async () => {
    const { fileSystem, directory } = await makePlace();
    const file = await openFile(fileSystem, `${directory}/file`, 'create');
    await file.write(new Uint8Array(0), 100);
    expect((await file.stat()).sizeBytes).toBe(0);
    expect(await file.read(new Uint8Array(0), 0)).toBe(0);
  });

  test('a file opened for reading is not written', async () => {
    const { fileSystem, directory } = await makePlace();
    await putFile(fileSystem, `${directory}/file`, [1]);
    const file = await openFile(fileSystem, `${directory}/file`, 'read');
    expect(await codeOf(file.write(Uint8Array.of(2), 0))).toBe('EBADF');
    expect(await bytesOf(fileSystem, `${directory}/file`)).toEqual([1]);
  });
}
