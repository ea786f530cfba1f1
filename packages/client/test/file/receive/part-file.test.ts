import { merkleLeafHash } from '@amop/crypto';
import { MemoryFileSystem } from '@amop/testkit';
import { expect, test } from 'vitest';
import { PartFile, type PartPlace } from '../../../src/file/receive/part-file.ts';

const PLACE: PartPlace = {
  path: '/a.part',
  leavesPath: '/a.leaves',
  size: 2_500,
  chunkBytes: 1_024,
};
const whole = Uint8Array.from({ length: PLACE.size }, (_, at) => (at * 7) % 251);
const yes = (): boolean => true;

function chunk(index: number): Uint8Array {
  return whole.subarray(index * PLACE.chunkBytes, (index + 1) * PLACE.chunkBytes);
}

async function write(part: PartFile, index: number): Promise<void> {
  await part.write(index, chunk(index), merkleLeafHash(chunk(index)));
}

/** A file with the chunks 0 and 2, as an ended process has left it. */
async function begun(files: MemoryFileSystem): Promise<void> {
  const part = await PartFile.open(PLACE, files);
  await part.check(yes);
  await write(part, 2);
  await write(part, 0);
  await part.close();
}

test('chunks in any order make the file', async () => {
  const files = new MemoryFileSystem();
  const part = await PartFile.open(PLACE, files);
  for (const index of [2, 0, 1]) {
    expect(part.isWhole).toBe(false);
    await write(part, index);
  }
  expect([part.isWhole, part.have, part.bytes, part.count]).toEqual([true, 3, 2_500, 3]);
  await part.close();
  expect(files.readFile('/a.part')).toEqual(whole);
});

test('a chunk that came twice counts once', async () => {
  const part = await PartFile.open(PLACE, new MemoryFileSystem());
  await write(part, 2);
  await write(part, 2);
  expect([part.have, part.bytes]).toEqual([1, 452]);
});

test('a later process finds what is there', async () => {
  const files = new MemoryFileSystem();
  await begun(files);
  const part = await PartFile.open(PLACE, files);
  await part.check(yes);
  expect([0, 1, 2].map((index) => part.has(index))).toEqual([true, false, true]);
  expect(part.bytes).toBe(1_476);
});

test('a chunk that was changed, and one whose hash was, do not count', async () => {
  const files = new MemoryFileSystem();
  await begun(files);
  const changed = files.readFile('/a.part');
  changed[0] = (changed[0] ?? 0) ^ 1;
  files.writeFile('/a.part', changed);
  const leaves = files.readFile('/a.leaves');
  leaves[70] = (leaves[70] ?? 0) ^ 1;
  files.writeFile('/a.leaves', leaves);
  const part = await PartFile.open(PLACE, files);
  await part.check(yes);
  expect(part.have).toBe(0);
});

test.each([
  ['/a.part', 1_000],
  ['/a.leaves', 31],
])('of a cut %s only what is whole counts', async (path, bytes) => {
  const files = new MemoryFileSystem();
  await begun(files);
  files.writeFile(path, files.readFile(path).slice(0, bytes));
  const part = await PartFile.open(PLACE, files);
  await part.check(yes);
  expect(part.have).toBe(0);
});

test('bytes behind the end of the file are not kept', async () => {
  const files = new MemoryFileSystem();
  await begun(files);
  const longer = new Uint8Array(3_000).fill(9);
  longer.set(files.readFile('/a.part'));
  files.writeFile('/a.part', longer);
  const part = await PartFile.open(PLACE, files);
  await part.check(yes);
  for (const index of [0, 1, 2]) await write(part, index);
  await part.close();
  expect(files.readFile('/a.part')).toEqual(whole);
});

test('a look that is ended early ends', async () => {
  const files = new MemoryFileSystem();
  await begun(files);
  const part = await PartFile.open(PLACE, files);
  let looks = 0;
  await part.check(() => ++looks <= 1);
  expect(part.have).toBe(1);
});

test('what could not be written does not count, and can be written later', async () => {
  const files = new MemoryFileSystem({ capacityBytes: 1_500 });
  const part = await PartFile.open(PLACE, files);
  await write(part, 0);
  await expect(write(part, 1)).rejects.toMatchObject({ code: 'ENOSPC' });
  expect([part.have, part.has(1)]).toEqual([1, false]);
});

test('nothing stays open when the hashes cannot be opened', async () => {
  const files = new MemoryFileSystem({ capacityBytes: 100 });
  await files.makeDirectory('/a.leaves');
  await expect(PartFile.open(PLACE, files)).rejects.toMatchObject({ code: 'EISDIR' });
  files.writeFile('/a.part', new Uint8Array(100));
  await files.remove('/a.part');
  expect(await files.freeBytes('/')).toBe(100);
});

test('both are closed when one of them cannot be', async () => {
  const files = new MemoryFileSystem({ capacityBytes: 2_000 });
  const part = await PartFile.open(PLACE, files);
  await write(part, 0);
  await files.remove('/a.part');
  await files.remove('/a.leaves');
  files.failNext('close', 'EIO');
  await expect(part.close()).rejects.toMatchObject({ code: 'EIO' });
  expect(await files.freeBytes('/')).toBe(2_000);
});

test('an empty file is whole from the start', async () => {
  const part = await PartFile.open({ ...PLACE, size: 0 }, new MemoryFileSystem());
  await part.check(yes);
  expect([part.isWhole, part.count]).toEqual([true, 0]);
});
