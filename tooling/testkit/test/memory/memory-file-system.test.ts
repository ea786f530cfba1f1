import { expect, test } from 'vitest';
import { fileSystemCompliance, MemoryFileSystem, VirtualClock } from '../../src/index.ts';

fileSystemCompliance('memory', async () => {
  const fileSystem = new MemoryFileSystem();
  await fileSystem.makeDirectory('/srv/files');
  return { fileSystem, directory: '/srv/files' };
});

test('a chain of operations is over within one turn of the event loop', async () => {
  const fileSystem = new MemoryFileSystem();
  const finished = (async () => {
    await fileSystem.makeDirectory('/a');
    const file = await fileSystem.open('/a/part', 'create');
    await file.write(Uint8Array.of(1), 0);
    await file.sync();
    await file.close();
    await fileSystem.rename('/a/part', '/a/whole');
    await fileSystem.syncDirectory('/a');
    return fileSystem.names('/a');
  })();
  const turn = new Promise((resolve) => setImmediate(() => resolve('turn')));
  expect(await Promise.race([turn, finished])).toEqual(['whole']);
});

test('the helpers put a file there, read it and list names, at once', () => {
  const fileSystem = new MemoryFileSystem();
  fileSystem.writeFile('/a/b/file', Uint8Array.of(1, 2, 3));
  fileSystem.writeFile('/a/b/0', new Uint8Array(0));
  fileSystem.writeFile('/a/b/file', Uint8Array.of(4));
  expect([...fileSystem.readFile('/a/b/file')]).toEqual([4]);
  expect(fileSystem.names('/a/b')).toEqual(['0', 'file']);
  expect(() => fileSystem.readFile('/a/b/no')).toThrow('ENOENT');
  expect(() => fileSystem.readFile('/a/b')).toThrow('EISDIR');
  expect(() => fileSystem.writeFile('/a/b', Uint8Array.of(4))).toThrow('EISDIR');
});

test('a file that is written anew keeps its identity and is cut', async () => {
  const fileSystem = new MemoryFileSystem();
  fileSystem.writeFile('/file', Uint8Array.of(1, 2, 3));
  const before = await fileSystem.stat('/file');
  fileSystem.writeFile('/file', Uint8Array.of(4));
  expect(await fileSystem.stat('/file')).toEqual({ ...before, sizeBytes: 1 });
});

test('paths are absolute; dots and slashes too many are taken out', () => {
  const fileSystem = new MemoryFileSystem();
  fileSystem.writeFile('/a//./b/../file', Uint8Array.of(1));
  expect(fileSystem.names('/a/')).toEqual(['file']);
  expect(() => fileSystem.names('a')).toThrow('EINVAL');
});

test('the time of a change comes from the function given', async () => {
  const clock = new VirtualClock();
  const fileSystem = new MemoryFileSystem({ wallMs: () => clock.wallMs() });
  const file = await fileSystem.open('/file', 'create');
  const madeMs = (await file.stat()).modifiedMs;
  expect(madeMs).toBe(clock.wallMs());
  clock.advance(1_500);
  expect((await file.stat()).modifiedMs).toBe(madeMs);
  await file.write(Uint8Array.of(1), 0);
  expect((await fileSystem.stat('/file'))?.modifiedMs).toBe(madeMs + 1_500);
});

test('a write that does not fit writes what does and fails', async () => {
  const fileSystem = new MemoryFileSystem({ capacityBytes: 100_000 });
  const file = await fileSystem.open('/file', 'create');
  await file.write(new Uint8Array(90_000).fill(1), 0);
  expect(await fileSystem.freeBytes('/')).toBe(10_000);
  await expect(file.write(new Uint8Array(20_000).fill(2), 85_000)).rejects.toMatchObject({
    code: 'ENOSPC',
  });
  expect(await fileSystem.freeBytes('/')).toBe(0);
  expect((await file.stat()).sizeBytes).toBe(100_000);
  expect(fileSystem.readFile('/file').subarray(84_999, 85_001)).toEqual(Uint8Array.of(1, 2));
  await file.write(Uint8Array.of(3), 5);
  await expect(file.write(Uint8Array.of(3), 1_000_000)).rejects.toMatchObject({ code: 'ENOSPC' });
  expect((await file.stat()).sizeBytes).toBe(100_000);
});

test('room is shared by all files and free again when a file has no name and nobody has it open', async () => {
  const fileSystem = new MemoryFileSystem({ capacityBytes: 10 });
  fileSystem.writeFile('/one', new Uint8Array(6));
  await fileSystem.link('/one', '/two');
  expect(() => fileSystem.writeFile('/more', new Uint8Array(5))).toThrow('ENOSPC');
  await fileSystem.remove('/more');
  const file = await fileSystem.open('/one', 'read');
  await fileSystem.remove('/one');
  await fileSystem.remove('/two');
  expect(await fileSystem.freeBytes('/')).toBe(4);
  await file.close();
  await file.close();
  expect(await fileSystem.freeBytes('/')).toBe(10);
});

test('a file that is replaced gives its room back', async () => {
  const fileSystem = new MemoryFileSystem({ capacityBytes: 10 });
  fileSystem.writeFile('/old', new Uint8Array(6));
  fileSystem.writeFile('/new', new Uint8Array(3));
  await fileSystem.rename('/new', '/old');
  expect(await fileSystem.freeBytes('/')).toBe(7);
});

test('pages that were never written take no room', async () => {
  const fileSystem = new MemoryFileSystem({ capacityBytes: 1_000 });
  const file = await fileSystem.open('/file', 'create');
  await file.write(new Uint8Array(600), 65_536 * 1_000_000);
  expect(await fileSystem.freeBytes('/')).toBe(400);
});

test('operations fail as planned, so many times, and do nothing then', async () => {
  const fileSystem = new MemoryFileSystem();
  const file = await fileSystem.open('/file', 'create');
  fileSystem.failNext('write', 'EIO');
  fileSystem.failNext('write', 'EDQUOT', 2);
  const write = () =>
    file.write(Uint8Array.of(1), 0).catch((error: { code: unknown }) => error.code);
  expect(await fileSystem.stat('/file')).toMatchObject({ sizeBytes: 0 });
  expect([await write(), await write(), await write()]).toEqual(['EIO', 'EDQUOT', 'EDQUOT']);
  expect((await file.stat()).sizeBytes).toBe(0);
  await write();
  expect((await file.stat()).sizeBytes).toBe(1);
});

test('each operation of the file system can fail', async () => {
  const fileSystem = new MemoryFileSystem();
  fileSystem.writeFile('/file', Uint8Array.of(1));
  const operations = {
    open: () => fileSystem.open('/file', 'read'),
    stat: () => fileSystem.stat('/file'),
    list: () => fileSystem.list('/'),
    makeDirectory: () => fileSystem.makeDirectory('/folder'),
    link: () => fileSystem.link('/file', '/more'),
    rename: () => fileSystem.rename('/file', '/more'),
    remove: () => fileSystem.remove('/file'),
    syncDirectory: () => fileSystem.syncDirectory('/'),
    freeBytes: () => fileSystem.freeBytes('/'),
  } as const;
  for (const [name, operation] of Object.entries(operations)) {
    // Object.entries forgets the names.
    fileSystem.failNext(name as keyof typeof operations, 'EROFS');
    await expect(operation()).rejects.toMatchObject({ code: 'EROFS' });
  }
  expect(fileSystem.names('/')).toEqual(['file']);
});

test('each operation of an open file can fail, and one whose close fails is closed', async () => {
  const fileSystem = new MemoryFileSystem();
  const file = await fileSystem.open('/file', 'create');
  const operations = {
    read: () => file.read(new Uint8Array(1), 0),
    write: () => file.write(Uint8Array.of(1), 0),
    stat: () => file.stat(),
    sync: () => file.sync(),
    close: () => file.close(),
  } as const;
  for (const [name, operation] of Object.entries(operations)) {
    // Object.entries forgets the names.
    fileSystem.failNext(name as keyof typeof operations, 'EIO');
    await expect(operation()).rejects.toMatchObject({ code: 'EIO' });
  }
  await expect(file.stat()).rejects.toMatchObject({ code: 'EBADF' });
});

test('a folder that is denied lets nobody in until it is allowed; what is open goes on', async () => {
  const fileSystem = new MemoryFileSystem();
  fileSystem.writeFile('/a/b/file', Uint8Array.of(1));
  const file = await fileSystem.open('/a/b/file', 'write');
  fileSystem.deny('/a');
  fileSystem.deny('/a');
  const denied = { code: 'EACCES' };
  await expect(fileSystem.open('/a/new', 'create')).rejects.toMatchObject(denied);
  await expect(fileSystem.open('/a/b/file', 'read')).rejects.toMatchObject(denied);
  await expect(fileSystem.stat('/a/b/file')).rejects.toMatchObject(denied);
  await expect(fileSystem.list('/a')).rejects.toMatchObject(denied);
  await expect(fileSystem.makeDirectory('/a/c')).rejects.toMatchObject(denied);
  await expect(fileSystem.syncDirectory('/a')).rejects.toMatchObject(denied);
  expect(await fileSystem.stat('/a')).toMatchObject({ kind: 'directory' });
  await file.write(Uint8Array.of(2), 0);
  fileSystem.allow('/a');
  expect([...fileSystem.readFile('/a/b/file')]).toEqual([2]);
  expect(() => fileSystem.deny('/no')).toThrow('ENOENT');
  expect(() => fileSystem.deny('/a/b/file')).toThrow('ENOTDIR');
});

test('a folder keeps its name', async () => {
  const fileSystem = new MemoryFileSystem();
  await fileSystem.makeDirectory('/a');
  await expect(fileSystem.rename('/a', '/b')).rejects.toMatchObject({ code: 'ENOTSUP' });
  expect(fileSystem.names('/')).toEqual(['a']);
});
