import { expect, test } from 'vitest';
import { systemClock, systemScheduler } from '../../src/system/index.ts';

test('now never falls and is never negative', () => {
  let last = 0;
  for (let count = 0; count < 1000; count += 1) {
    const now = systemClock.nowMs();
    expect(now).toBeGreaterThanOrEqual(last);
    last = now;
  }
});

test('the wall clock counts from 1970', () => {
  const before = Date.now();
  const wall = systemClock.wallMs();
  expect(wall).toBeGreaterThanOrEqual(before);
  expect(wall).toBeLessThanOrEqual(Date.now());
});

test('a timer fires once and not inside setTimer', async () => {
  let fired = 0;
  await new Promise<void>((resolve) => {
    systemClock.setTimer(() => {
      fired += 1;
      resolve();
    }, 0);
    expect(fired).toBe(0);
  });
  expect(fired).toBe(1);
});

test('a cleared timer does not fire', async () => {
  const fired: string[] = [];
  const cleared = systemClock.setTimer(() => fired.push('cleared'), 1);
  systemClock.clearTimer(cleared);
  systemClock.clearTimer(cleared);
  // Set later for the same time: it would come after the other one.
  await new Promise<void>((resolve) => systemClock.setTimer(resolve, 1));
  expect(fired).toEqual([]);
});

test('the end of the turn comes after promises and ticks, in order', async () => {
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    systemScheduler.endOfTurn(() => order.push('first'));
    systemScheduler.endOfTurn(() => {
      order.push('second');
      resolve();
    });
    process.nextTick(() => order.push('tick'));
    void Promise.resolve().then(() => order.push('promise'));
    order.push('now');
  });
  expect(order.slice(0, 1)).toEqual(['now']);
  expect(order.slice(1, 3).sort()).toEqual(['promise', 'tick']);
  expect(order.slice(3)).toEqual(['first', 'second']);
});
