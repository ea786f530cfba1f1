import { collectingLogger, MemoryFileSystem, VirtualClock } from '@amop/testkit';
import { expect, test } from 'vitest';
import { FolderQuota } from '../../../src/file/receive/folder-quota.ts';
import { ReceiveFolder } from '../../../src/file/receive/receive-folder.ts';

const LIMITS = { maxBytes: 1_000, maxFiles: 5, quotaBytes: 2_000 };

/** A folder with files of these sizes; `counts` is how often it was looked through. */
async function setUp(sizes: readonly number[], limits = LIMITS) {
  const clock = new VirtualClock();
  const files = new MemoryFileSystem({ capacityBytes: 100_000 });
  const opened = await ReceiveFolder.open('/in', { clock, files, logger: collectingLogger() });
  for (const [at, size] of sizes.entries()) files.writeFile(`/in/${at}`, new Uint8Array(size));
  const scene = { counts: 0, countMs: 0 };
  const folder = {
    freeBytes: () => opened.freeBytes(),
    count: (known: ReadonlyMap<string, number>) => {
      scene.counts++;
      clock.advance(scene.countMs);
      return opened.count(known);
    },
  };
  const unfinished = new Map<string, number>();
  const table = { missingBytes: 0, unfinishedParts: () => unfinished };
  const quota = new FolderQuota(limits, { clock, folder, table });
  return { clock, files, quota, scene, table, unfinished };
}

test('what was there and what is taken count together, and the folder is looked through once', async () => {
  const { quota, scene } = await setUp([700, 300]);
  expect(await quota.take(600)).toBeUndefined();
  expect(await quota.take(300)).toBeUndefined();
  expect(await quota.take(100)).toBeUndefined();
  expect(scene.counts).toBe(1);
  expect(await quota.take(1)).toBeUndefined();
});

test('at a limit it is looked through again: what was taken out makes room', async () => {
  const { files, quota, scene } = await setUp([1_000, 500]);
  expect(await quota.take(501)).toBe('quota-exceeded');
  expect(await quota.take(500)).toBeUndefined();
  await files.remove('/in/0');
  expect(await quota.take(900)).toBeUndefined();
  expect(scene.counts).toBe(2);
});

test('many small files are too many, too', async () => {
  const { files, quota } = await setUp([0, 0, 0, 0]);
  files.writeFile('/in/4', new Uint8Array());
  expect(await quota.take(0)).toBe('quota-exceeded');
  await files.remove('/in/4');
  expect(await quota.take(0)).toBeUndefined();
});

test('an unfinished file counts once, and whole', async () => {
  const { files, quota, unfinished } = await setUp([]);
  files.writeFile('/in/a.part', new Uint8Array(400));
  unfinished.set('a.part', 1_000);
  expect(await quota.take(1_000)).toBeUndefined();
  files.writeFile('/in/b.part', new Uint8Array(0));
  unfinished.set('b.part', 1_000);
  expect(await quota.take(1)).toBe('quota-exceeded');
});

test('one whose part was taken away counts no more', async () => {
  const { files, quota, unfinished } = await setUp([]);
  files.writeFile('/in/a.part', new Uint8Array(400));
  unfinished.set('a.part', 2_000);
  expect(await quota.take(1)).toBe('quota-exceeded');
  await files.remove('/in/a.part');
  expect(await quota.take(1_000)).toBeUndefined();
});

test('a folder that takes long to look through is left alone for ten times as long', async () => {
  const { clock, files, quota, scene } = await setUp([1_000, 1_000]);
  scene.countMs = 200;
  expect(await quota.take(10)).toBe('quota-exceeded');
  await files.remove('/in/0');
  clock.advance(1_999);
  expect(await quota.take(10)).toBe('quota-exceeded');
  expect(scene.counts).toBe(1);
  clock.advance(1);
  expect(await quota.take(10)).toBeUndefined();
});

test('too large, no room on the disk and a disk that fails are told apart', async () => {
  const { files, quota, table } = await setUp([]);
  expect(await quota.take(1_001)).toBe('too-large');
  table.missingBytes = 99_500;
  expect(await quota.take(501)).toBe('disk-full');
  table.missingBytes = 0;
  files.deny('/in');
  expect(await quota.take(1)).toBe('not-writable');
  files.allow('/in');
  expect(await quota.take(1)).toBeUndefined();
});
