import { SeededRandom } from '@amop/testkit/memory';
import { expect, test } from 'vitest';
import { EventLoop } from '../src/machine/event-loop.ts';
import { SimDisk } from '../src/machine/sim-disk.ts';
import { SimProcess } from '../src/machine/sim-process.ts';

class Scene {
  readonly loop = new EventLoop(new SeededRandom(1));
  readonly disk = new SimDisk(() => 0, new SeededRandom(2));
  readonly process = new SimProcess('c0', this.loop, 3);
  readonly files = this.disk.mount(this.process);

  /** What work gives that the loop carries on. */
  async run<Result>(work: Promise<Result>): Promise<Result> {
    // Looked at below; until then nobody awaits it.
    work.catch(() => undefined);
    await this.loop.run(this.loop.nowMs + 1_000);
    return work;
  }
}

test('a process that is dead hears nothing, and leaves no lock and no open file', async () => {
  const scene = new Scene();
  await scene.run(scene.files.lock('/lock'));
  await scene.run(scene.files.open('/f', 'create'));
  expect(scene.disk.held()).toBe('1 open files, 1 locks');
  let hasEnded = false;
  scene.process.die();
  scene.disk.unplug(false);
  void scene.files.stat('/f').then(() => {
    hasEnded = true;
  });
  await scene.loop.run(scene.loop.nowMs + 1_000);
  expect([hasEnded, scene.disk.held()]).toEqual([false, '']);
  const next = scene.disk.mount(new SimProcess('c0', scene.loop, 4));
  await scene.run(next.lock('/lock'));
});

test('a loss of power takes back what was not synced, and nothing else', async () => {
  const scene = new Scene();
  const file = await scene.run(scene.files.open('/f', 'create'));
  await scene.run(file.write(Uint8Array.of(1), 0));
  await scene.run(file.sync());
  for (let at = 1; at <= 32; at += 1) await scene.run(file.write(Uint8Array.of(1), at));
  scene.process.die();
  scene.disk.unplug(true);
  const [first, ...others] = scene.disk.memory.readFile('/f');
  expect(first).toBe(1);
  const lost = others.filter((byte) => byte === 0).length;
  expect(lost).toBeGreaterThan(0);
  expect(lost).toBeLessThan(32);
});

test('a full disk takes a part, one that fails nothing', async () => {
  const scene = new Scene();
  const file = await scene.run(scene.files.open('/f', 'create'));
  scene.disk.isFull = true;
  await expect(scene.run(file.write(new Uint8Array(10), 0))).rejects.toThrow('ENOSPC');
  scene.disk.heal();
  scene.disk.failures = 1;
  await expect(scene.run(file.stat())).rejects.toThrow('EIO');
  expect(await scene.run(file.stat())).toMatchObject({ kind: 'file' });
});

test('a strike comes after so many operations, and one that kills never lets them end', async () => {
  const scene = new Scene();
  const struck: number[] = [];
  scene.disk.strikeAfter(1, true, () => struck.push(scene.loop.nowMs));
  await scene.run(scene.files.stat('/'));
  expect(struck).toEqual([]);
  let hasEnded = false;
  void scene.files.stat('/').then(() => {
    hasEnded = true;
  });
  await scene.loop.run(scene.loop.nowMs + 1_000);
  expect([struck.length, hasEnded]).toEqual([1, false]);
});
