import { collectingLogger, MemoryFileSystem, VirtualClock } from '@amop/testkit';
import { expect, test } from 'vitest';
import { freePartName, placeFile } from '../../../src/file/receive/place-file.ts';
import { ReceiveFolder } from '../../../src/file/receive/receive-folder.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

async function folderWith(...names: readonly string[]) {
  const files = new MemoryFileSystem();
  const dependencies = { files, clock: new VirtualClock(), logger: collectingLogger() };
  const folder = await ReceiveFolder.open('/in', dependencies);
  for (const name of names) files.writeFile(`/in/${name}`, bytes(`old ${name}`));
  files.writeFile('/in/x.part', bytes('new'));
  const identity = (await files.stat('/in/x.part'))?.identity ?? '';
  return { files, folder, part: { path: '/in/x.part', identity } };
}

test('it gets its name and is called .part no more', async () => {
  const { files, folder, part } = await folderWith();
  expect(await placeFile(folder, part, 'x', files)).toBe('/in/x');
  expect(files.names('/in')).toEqual(['.amop-files', 'x']);
});

test('one that is there is not touched', async () => {
  const { files, folder, part } = await folderWith('r.pdf', 'r (1).pdf');
  expect(await placeFile(folder, part, 'r.pdf', files)).toBe('/in/r (2).pdf');
  expect(text(files.readFile('/in/r.pdf'))).toBe('old r.pdf');
  expect(text(files.readFile('/in/r (2).pdf'))).toBe('new');
});

test('a folder of that name is not touched either', async () => {
  const { files, folder, part } = await folderWith();
  await files.makeDirectory('/in/x');
  expect(await placeFile(folder, part, 'x', files)).toBe('/in/x (1)');
});

test('after a crash between both names it is placed once', async () => {
  const { files, folder, part } = await folderWith('x');
  await files.link('/in/x.part', '/in/x (1)');
  expect(await placeFile(folder, part, 'x', files)).toBe('/in/x (1)');
  expect(files.names('/in')).toEqual(['.amop-files', 'x', 'x (1)']);
});

test('after a crash with the new name alone nothing more happens', async () => {
  const { files, folder, part } = await folderWith();
  await files.rename('/in/x.part', '/in/x');
  expect(await placeFile(folder, part, 'x', files)).toBe('/in/x');
  expect(files.names('/in')).toEqual(['.amop-files', 'x']);
});

test.each(['EPERM', 'ENOTSUP', 'EMLINK'])(
  'where links cannot be made (%s) it is renamed',
  async (code) => {
    const { files, folder, part } = await folderWith('x');
    files.failNext('link', code);
    expect(await placeFile(folder, part, 'x', files)).toBe('/in/x (1)');
    expect(text(files.readFile('/in/x'))).toBe('old x');
    expect(text(files.readFile('/in/x (1)'))).toBe('new');
  },
);

test('any other answer of the disk is told, and the part stays', async () => {
  const { files, folder, part } = await folderWith();
  files.failNext('link', 'EIO');
  await expect(placeFile(folder, part, 'x', files)).rejects.toMatchObject({ code: 'EIO' });
  expect(text(files.readFile('/in/x.part'))).toBe('new');
});

test('the name of a part is free: on disk and among those that are not there yet', async () => {
  const { files, folder } = await folderWith();
  const taken = (name: string): boolean => name === 'x (1).part';
  expect(await freePartName(folder, 'x', files, taken)).toBe('x (2).part');
  expect(await freePartName(folder, 'y', files, taken)).toBe('y.part');
});
