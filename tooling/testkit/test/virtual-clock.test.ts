import { expect, test } from 'vitest';
import { VirtualClock } from '../src/index.ts';

test('stands still until it is moved', () => {
  const clock = new VirtualClock(1000);
  expect([clock.nowMs(), clock.wallMs()]).toEqual([0, 1000]);
  clock.advance(2.5);
  expect([clock.nowMs(), clock.wallMs()]).toEqual([2.5, 1002.5]);
});

test('fires timers at their time, in order, equal times in the order set', () => {
  const clock = new VirtualClock();
  const fired: [string, number][] = [];
  const set = (name: string, delayMs: number) =>
    clock.setTimer(() => fired.push([name, clock.nowMs()]), delayMs);
  set('c', 30);
  set('a', 10);
  set('b', 10);
  expect([clock.timers, clock.nextTimerMs]).toEqual([3, 10]);
  clock.advance(29);
  expect(fired).toEqual([
    ['a', 10],
    ['b', 10],
  ]);
  clock.advance(1);
  expect(fired.at(-1)).toEqual(['c', 30]);
  expect([clock.timers, clock.nextTimerMs]).toEqual([0, undefined]);
});

test('fires what a timer sets on the way', () => {
  const clock = new VirtualClock();
  const times: number[] = [];
  const tick = () => {
    times.push(clock.nowMs());
    clock.setTimer(tick, 10);
  };
  clock.setTimer(tick, 10);
  clock.advance(35);
  expect(times).toEqual([10, 20, 30]);
  expect(clock.nowMs()).toBe(35);
});

test('a cleared timer does not fire', () => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  const timer = clock.setTimer(() => fired.push('x'), 5);
  clock.clearTimer(timer);
  clock.clearTimer({});
  clock.advance(10);
  expect(fired).toEqual([]);
});
