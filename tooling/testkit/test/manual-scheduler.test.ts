import { expect, test } from 'vitest';
import { ManualScheduler } from '../src/index.ts';

test('runs callbacks when the turn ends, those they add in the next turn', () => {
  const scheduler = new ManualScheduler();
  const order: string[] = [];
  scheduler.endOfTurn(() => {
    order.push('a');
    scheduler.endOfTurn(() => order.push('c'));
  });
  scheduler.endOfTurn(() => order.push('b'));
  expect(order).toEqual([]);
  scheduler.runTurn();
  expect(order).toEqual(['a', 'b']);
  scheduler.runTurn();
  expect(order).toEqual(['a', 'b', 'c']);
});

test('runs until nothing waits, promises in between included', async () => {
  const scheduler = new ManualScheduler();
  const order: number[] = [];
  const step = (left: number) => {
    order.push(left);
    if (left > 0) void Promise.resolve().then(() => scheduler.endOfTurn(() => step(left - 1)));
  };
  scheduler.endOfTurn(() => step(3));
  await scheduler.runUntilIdle();
  expect(order).toEqual([3, 2, 1, 0]);
  expect(scheduler.waiting).toBe(0);
});
