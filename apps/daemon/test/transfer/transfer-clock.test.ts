import { expect, test } from 'vitest';
import { figuresText } from '../../src/transfer/figures-text.ts';
import { Pace } from '../../src/transfer/pace.ts';
import { TransferClock } from '../../src/transfer/transfer-clock.ts';

test('a transfer is measured from its first bytes on', () => {
  let nowMs = 0;
  const clock = new TransferClock(() => nowMs);
  nowMs = 10_000;
  clock.reached(600);
  nowMs = 12_000;
  clock.reached(1_000);
  expect(clock.figures()).toEqual({ elapsedMs: 2_000, bytesPerSecond: 200 });
});

test('one that was told of only when it was over has taken all the time', () => {
  let nowMs = 0;
  const clock = new TransferClock(() => nowMs);
  nowMs = 500;
  expect(clock.figures()).toEqual({ elapsedMs: 500, bytesPerSecond: undefined });
});

test('size, time and rate; no rate where nothing went over the line', () => {
  const figures = { elapsedMs: 12_300, bytesPerSecond: 98_000_000 };
  expect(figuresText(1_200_000_000, figures)).toBe('1.2 GB, 12.3 s, 98 MB/s');
  expect(figuresText(0, { elapsedMs: 20, bytesPerSecond: undefined })).toBe('0 bytes, 0 s');
});

test('news come at a pace, the first of a kind at once', () => {
  let nowMs = 0;
  const pace = new Pace(500, () => nowMs);
  expect(pace.isDue('a', 'hashing')).toBe(true);
  expect(pace.isDue('b', 'hashing')).toBe(true);
  nowMs = 499;
  expect(pace.isDue('a', 'hashing')).toBe(false);
  expect(pace.isDue('a', 'sending')).toBe(true);
  nowMs = 999;
  expect(pace.isDue('a', 'sending')).toBe(true);
  pace.end('a');
  expect(pace.isDue('a', 'sending')).toBe(true);
});
