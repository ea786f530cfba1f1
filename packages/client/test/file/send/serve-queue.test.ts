import { VirtualClock } from '@amop/testkit';
import { expect, test } from 'vitest';
import { ServeQueue } from '../../../src/file/send/serve-queue.ts';

/** Work whose end is the test's. */
class Reads {
  readonly #ends: (() => void)[] = [];
  begun = 0;

  readonly work = (): Promise<string> => {
    this.begun++;
    return new Promise((resolve) => this.#ends.push(() => resolve('read')));
  };

  end(): void {
    this.#ends.shift()?.();
  }
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('four are read at a time, the others in the order they came', async () => {
  const clock = new VirtualClock();
  const queue = new ServeQueue({ clock, queuedBytes: () => 0 });
  const order: number[] = [];
  const reads = new Reads();
  const runs = Array.from({ length: 7 }, (_, index) =>
    queue.run(() => {
      order.push(index);
      return reads.work();
    }),
  );
  await turn();
  expect(order).toEqual([0, 1, 2, 3]);
  for (let index = 0; index < 7; index++) {
    reads.end();
    await turn();
  }
  expect(await Promise.all(runs)).toEqual(Array.from({ length: 7 }, () => 'read'));
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(clock.timers).toBe(0);
});

test('nothing is read while the network is behind, and all goes on when it is not', async () => {
  const clock = new VirtualClock();
  let queuedBytes = 5 * 1024 * 1024;
  const queue = new ServeQueue({ clock, queuedBytes: () => queuedBytes });
  const reads = new Reads();
  const runs = [queue.run(reads.work), queue.run(reads.work)];
  clock.advance(1_000);
  await turn();
  expect(reads.begun).toBe(0);
  queuedBytes = 0;
  clock.advance(10);
  await turn();
  expect(reads.begun).toBe(2);
  reads.end();
  reads.end();
  await Promise.all(runs);
  expect(clock.timers).toBe(0);
});

test('work that fails makes room, too', async () => {
  const queue = new ServeQueue({ clock: new VirtualClock(), queuedBytes: () => 0 });
  const fail = (): Promise<string> => Promise.reject(new Error('disk'));
  for (let index = 0; index < 10; index++) await expect(queue.run(fail)).rejects.toThrow('disk');
  expect(await queue.run(async () => 'read')).toBe('read');
});

test('of too many that wait the last are told at once', async () => {
  const clock = new VirtualClock();
  const queue = new ServeQueue({ clock, queuedBytes: () => 5 * 1024 * 1024 });
  for (let index = 0; index < 1_024; index++) void queue.run(async () => 'read');
  expect(await queue.run(async () => 'read')).toBeUndefined();
});
