import { expect, test } from 'vitest';
import { Speed } from '../../src/transfer/speed.ts';

test('there is none before half a second has gone', () => {
  const speed = new Speed();
  expect(speed.bytesPerSecond()).toBeUndefined();
  speed.add(0, 0);
  speed.add(1_000, 400);
  expect(speed.bytesPerSecond()).toBeUndefined();
  speed.add(2_000, 1_000);
  expect(speed.bytesPerSecond()).toBe(2_000);
});

test('it is that of the last ten seconds', () => {
  const speed = new Speed();
  for (let second = 0; second <= 60; second += 1) {
    speed.add(Math.min(second, 40) * 1_000, second * 1_000);
  }
  expect(speed.bytesPerSecond()).toBe(0);
});

test('what was there at first does not count, fewer bytes begin anew', () => {
  const speed = new Speed();
  speed.add(1_000_000, 0);
  speed.add(1_001_000, 1_000);
  expect(speed.bytesPerSecond()).toBe(1_000);
  speed.add(0, 2_000);
  expect(speed.bytesPerSecond()).toBeUndefined();
  speed.add(500, 3_000);
  expect(speed.bytesPerSecond()).toBe(500);
  speed.reset();
  expect(speed.bytesPerSecond()).toBeUndefined();
});
