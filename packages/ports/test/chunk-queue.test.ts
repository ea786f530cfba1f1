import { expect, test } from 'vitest';
import { ChunkQueue } from '../src/chunk-queue.ts';

test('gives chunks back in their order and counts their bytes', () => {
  const queue = new ChunkQueue();
  queue.push(new Uint8Array(3));
  queue.push(new Uint8Array(4));
  expect([queue.length, queue.bytes]).toEqual([2, 7]);
  expect(queue.shift()?.length).toBe(3);
  expect([queue.length, queue.bytes]).toEqual([1, 4]);
  expect(queue.shift()?.length).toBe(4);
  expect(queue.shift()).toBeUndefined();
  expect([queue.length, queue.bytes]).toEqual([0, 0]);
});

test('keeps the order through thousands of chunks that come and go', () => {
  const queue = new ChunkQueue();
  let pushed = 0;
  let taken = 0;
  for (let round = 0; round < 9000; round += 1) {
    queue.push(new Uint8Array(4).fill(pushed % 251));
    pushed += 1;
    if (round % 3 !== 0) {
      expect(queue.shift()?.[0]).toBe(taken % 251);
      taken += 1;
    }
  }
  expect(queue.length).toBe(pushed - taken);
  expect(queue.bytes).toBe(4 * (pushed - taken));
  while (taken < pushed) {
    expect(queue.shift()?.[0]).toBe(taken % 251);
    taken += 1;
  }
  expect(queue.length).toBe(0);
});
