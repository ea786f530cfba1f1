import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemFileSystem } from '../../src/system/index.ts';

function lockPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'amop-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'lock');
}

test('the lock of a process that was killed is free', async () => {
  const path = lockPath();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  writeFileSync(path, `${child.pid} -`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const unlock = await systemFileSystem.lock(path);
  await unlock();
  expect(readdirSync(join(path, '..'))).toEqual([]);
});

test.runIf(process.platform === 'linux')(
  'another process that has got the number of the holder is not the holder',
  async () => {
    const path = lockPath();
    writeFileSync(path, `${process.ppid} 1`);
    await (await systemFileSystem.lock(path))();
  },
);

test('what was never written whole is nobody’s', async () => {
  const path = lockPath();
  writeFileSync(path, '');
  await (await systemFileSystem.lock(path))();
});

test('of many that come at once one gets it, also in place of a dead one', async () => {
  const path = lockPath();
  for (let rounds = 0; rounds < 40; rounds++) {
    writeFileSync(path, '1073741824 -');
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, () => systemFileSystem.lock(path)),
    );
    const got = all.filter((each) => each.status === 'fulfilled');
    expect(got).toHaveLength(1);
    for (const each of all) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'EBUSY' });
    }
    await got[0]?.value();
    expect(readdirSync(join(path, '..'))).toEqual([]);
  }
});

test('of a dead one the heir that died before it had the place has an heir', async () => {
  const path = lockPath();
  const heirOf = (dead: string): string =>
    `${path}.after-${createHash('sha256').update(dead).digest('hex').slice(0, 32)}`;
  writeFileSync(path, '1073741824 - one');
  writeFileSync(heirOf('1073741824 - one'), '1073741824 - two');
  writeFileSync(heirOf('1073741824 - two'), '1073741824 - three');
  const unlock = await systemFileSystem.lock(path);
  expect(readdirSync(join(path, '..'))).toEqual(['lock']);
  await expect(systemFileSystem.lock(path)).rejects.toMatchObject({ code: 'EBUSY' });
  await unlock();
  expect(readdirSync(join(path, '..'))).toEqual([]);
});

test('a lock that was given back is not given back again from under the next holder', async () => {
  const path = lockPath();
  const first = await systemFileSystem.lock(path);
  await first();
  const second = await systemFileSystem.lock(path);
  await first();
  await expect(systemFileSystem.lock(path)).rejects.toMatchObject({ code: 'EBUSY' });
  await second();
});
