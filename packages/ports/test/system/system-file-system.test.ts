import { mkdtempSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSystemCompliance } from '@amop/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { systemFileSystem } from '../../src/system/index.ts';

fileSystemCompliance('system', () => ({ fileSystem: systemFileSystem, directory: folder() }));

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'amop-files-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

test('create follows no link, not even one that leads nowhere', async () => {
  const directory = folder();
  symlinkSync(join(directory, 'nowhere'), join(directory, 'link'));
  const opened = systemFileSystem.open(join(directory, 'link'), 'create');
  await expect(opened).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await systemFileSystem.list(directory)).toEqual(['link']);
});

test('stat follows links, and there is nothing where one leads nowhere', async () => {
  const directory = folder();
  await (await systemFileSystem.open(join(directory, 'file'), 'create')).close();
  symlinkSync(join(directory, 'file'), join(directory, 'link'));
  symlinkSync(join(directory, 'nowhere'), join(directory, 'broken'));
  expect(await systemFileSystem.stat(join(directory, 'link'))).toEqual(
    await systemFileSystem.stat(join(directory, 'file')),
  );
  expect(await systemFileSystem.stat(join(directory, 'broken'))).toBeUndefined();
});

test('remove takes a link away, not what it leads to', async () => {
  const directory = folder();
  await (await systemFileSystem.open(join(directory, 'file'), 'create')).close();
  symlinkSync(join(directory, 'file'), join(directory, 'link'));
  await systemFileSystem.remove(join(directory, 'link'));
  expect(await systemFileSystem.list(directory)).toEqual(['file']);
});

test.skipIf(process.platform === 'win32')(
  'files and folders are for their owner alone',
  async () => {
    const directory = folder();
    await systemFileSystem.makeDirectory(join(directory, 'a', 'b'));
    await (await systemFileSystem.open(join(directory, 'a', 'file'), 'create')).close();
    expect(modeOf(join(directory, 'a'))).toBe(0o700);
    expect(modeOf(join(directory, 'a', 'b'))).toBe(0o700);
    expect(modeOf(join(directory, 'a', 'file'))).toBe(0o600);
  },
);

test('the time of a change is in milliseconds', async () => {
  const path = join(folder(), 'file');
  await (await systemFileSystem.open(path, 'create')).close();
  utimesSync(path, 1_700_000_000, 1_700_000_000.5);
  expect((await systemFileSystem.stat(path))?.modifiedMs).toBe(1_700_000_000_500);
});

test.skipIf(process.platform === 'win32')(
  'what is neither file nor folder is told as such',
  async () => {
    expect(await systemFileSystem.stat('/dev/null')).toMatchObject({ kind: 'other' });
  },
);
