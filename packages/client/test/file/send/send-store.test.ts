import { collectingLogger, MemoryFileSystem, VirtualClock } from '@amop/testkit';
import { expect, test } from 'vitest';
import type { SendRecord } from '../../../src/file/send/send-record.ts';
import { SendStore } from '../../../src/file/send/send-store.ts';

const DAY_MS = 24 * 3_600_000;
const KEY = { path: '/a', topic: 't', isPrivate: false, to: 'one' } as const;
const RECORD: SendRecord = {
  version: 1,
  topic: 't',
  to: 'one',
  name: 'a',
  path: '/a',
  size: 2_500,
  modifiedMs: 0,
  identity: '1',
  chunkBytes: 1_024,
  transfer: 'ab'.repeat(16),
  secret: '01'.repeat(32),
  root: '02'.repeat(32),
  joinUntilMs: 0,
  receivers: [],
};
const LEAVES = new Uint8Array(96).fill(7);

function scene() {
  const clock = new VirtualClock();
  const files = new MemoryFileSystem({ wallMs: () => clock.wallMs() });
  const logger = collectingLogger();
  return { clock, files, logger };
}

test('a later process finds what was written', async () => {
  const deps = scene();
  const store = await SendStore.open('/state', KEY, deps);
  await store.create(RECORD, LEAVES);
  await store.save(() => ({ ...RECORD, name: 'b' }));
  await store.close();
  const later = await SendStore.open('/state', KEY, deps);
  expect(await later.load()).toEqual({ ...RECORD, name: 'b' });
  expect(await later.loadLeaves()).toEqual(LEAVES);
});

test('one process at a time has it; another topic, audience or kind of topic is another one', async () => {
  const deps = scene();
  await SendStore.open('/state', KEY, deps);
  await expect(SendStore.open('/state', KEY, deps)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_FILE_STATE',
    details: { reason: 'in-use' },
  });
  await SendStore.open('/state', { ...KEY, topic: 'u' }, deps);
  await SendStore.open('/state', { ...KEY, to: 'all' }, deps);
  await SendStore.open('/state', { ...KEY, isPrivate: true }, deps);
});

test('nothing is left when it is removed and closed', async () => {
  const deps = scene();
  const store = await SendStore.open('/state', KEY, deps);
  await store.create(RECORD, LEAVES);
  void store.save(() => RECORD);
  await store.remove();
  await store.close();
  expect(deps.files.names('/state')).toEqual([]);
});

test.each([
  ['makeDirectory', 'EROFS'],
  ['list', 'EACCES'],
  ['lock', 'EACCES'],
] as const)('a folder where %s says %s cannot be used', async (operation, code) => {
  const deps = scene();
  deps.files.failNext(operation, code);
  await expect(SendStore.open('/state', KEY, deps)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_FILE_STATE',
    message: expect.stringContaining(code),
  });
  await SendStore.open('/state', KEY, deps);
});

test('a record that cannot be read is none', async () => {
  const deps = scene();
  const store = await SendStore.open('/state', KEY, deps);
  await store.create(RECORD, LEAVES);
  const name = deps.files.names('/state').find((each) => each.endsWith('.json')) ?? '';
  deps.files.writeFile(`/state/${name}`, deps.files.readFile(`/state/${name}`).slice(0, 50));
  expect(await store.load()).toBeUndefined();
});

test('a disk that fails while it is saved is told of in the log, and tried again', async () => {
  const deps = scene();
  const store = await SendStore.open('/state', KEY, deps);
  await store.create(RECORD, LEAVES);
  deps.files.failNext('write', 'ENOSPC');
  await store.save(() => ({ ...RECORD, name: 'b' }));
  expect(deps.logger.entries).toMatchObject([{ level: 'warn' }]);
  expect((await store.load())?.name).toBe('a');
  await store.save(() => ({ ...RECORD, name: 'c' }));
  expect((await store.load())?.name).toBe('c');
});

test('of many that want it saved at the same time few write, and all have their state on disk', async () => {
  const deps = scene();
  const store = await SendStore.open('/state', KEY, deps);
  await store.create(RECORD, LEAVES);
  let made = 0;
  let joinUntilMs = 0;
  const save = (): Promise<void> => {
    joinUntilMs++;
    return store.save(() => {
      made++;
      return { ...RECORD, joinUntilMs };
    });
  };
  await Promise.all(Array.from({ length: 1_000 }, save));
  expect((await store.load())?.joinUntilMs).toBe(1_000);
  expect(made).toBeLessThan(10);
});

test('what nobody has gone on with for 30 days is removed, other files are left alone', async () => {
  const deps = scene();
  const store = await SendStore.open('/state', KEY, deps);
  await store.create(RECORD, LEAVES);
  await store.close();
  deps.files.writeFile('/state/notes.txt', LEAVES);
  deps.files.writeFile(`/state/spool-${'ab'.repeat(16)}`, LEAVES);
  deps.clock.advance(29 * DAY_MS);
  await (await SendStore.open('/state', { ...KEY, path: '/b' }, deps)).close();
  expect(deps.files.names('/state')).toHaveLength(4);
  deps.clock.advance(2 * DAY_MS);
  await (await SendStore.open('/state', { ...KEY, path: '/b' }, deps)).close();
  expect(deps.files.names('/state')).toEqual(['notes.txt']);
});
