import { SeededRandom } from '@amop/testkit/memory';
import { expect, test } from 'vitest';
import { EventLoop } from '../src/machine/event-loop.ts';
import { SimProcess } from '../src/machine/sim-process.ts';

function world(seed = 1) {
  const loop = new EventLoop(new SeededRandom(seed));
  const log: string[] = [];
  return {
    loop,
    log,
    process: (name: string) => new SimProcess(name, loop, 1),
    note: (text: string) => () => log.push(`${loop.nowMs} ${text}`),
  };
}

test('timers fire at their time, the end of a turn comes at once and in order', async () => {
  const { log, loop, note, process } = world();
  const { clock, scheduler } = process('n');
  clock.setTimer(note('late'), 20);
  clock.setTimer(note('early'), 10);
  clock.clearTimer(clock.setTimer(note('never'), 5));
  for (const text of ['first', 'second']) scheduler.endOfTurn(note(text));
  await loop.run(100);
  expect(log).toEqual(['0 first', '0 second', '10 early', '20 late']);
  expect(loop.nowMs).toBe(100);
});

test('promises go on before the next event', async () => {
  const { log, loop, note, process } = world();
  const { clock } = process('n');
  clock.setTimer(() => {
    note('event')();
    queueMicrotask(() => queueMicrotask(note('promise')));
  }, 1);
  clock.setTimer(note('next event'), 1.5);
  await loop.run(10);
  expect(log).toEqual(['1 event', '1 promise', '1.5 next event']);
});

test('nothing calls back into a dead process', async () => {
  const { log, loop, note, process } = world();
  const dead = process('n');
  dead.clock.setTimer(note('timer'), 5);
  dead.post(note('post'), 5);
  dead.scheduler.endOfTurn(note('turn'));
  dead.atDeath(note('death'));
  dead.die();
  await loop.run(100);
  expect(log).toEqual(['0 death']);
});

test('a frozen process gets what it missed when it thaws, others go on', async () => {
  const { log, loop, note, process } = world();
  const [frozen, other] = [process('frozen'), process('other')];
  frozen.freeze();
  frozen.clock.setTimer(note('frozen'), 5);
  other.clock.setTimer(note('other'), 6);
  loop.post(undefined, 50, () => frozen.thaw());
  await loop.run(100);
  expect(log).toEqual(['6 other', '50 frozen']);
  expect(frozen.timers).toBe(0);
});

test('events of one moment come in an order that follows from the seed', async () => {
  const order = async (seed: number): Promise<string[]> => {
    const { log, loop, note, process } = world(seed);
    for (const name of ['a', 'b', 'c', 'd']) process(name).clock.setTimer(note(name), 1);
    await loop.run(10);
    return log;
  };
  expect(await order(1)).toEqual(await order(1));
  const orders = await Promise.all([1, 2, 3, 4, 5, 6].map(order));
  expect(new Set(orders.map(String)).size).toBeGreaterThan(1);
});

test('what does not come to rest is found out', async () => {
  const { loop, process } = world();
  const { scheduler } = process('n');
  const again = (): void => scheduler.endOfTurn(again);
  again();
  await expect(loop.run(1)).rejects.toThrow('something spins');
});
