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

test('gives a chunk with cuts back in pieces', () => {
  const queue = new ChunkQueue();
  queue.push(Uint8Array.of(1, 2, 3, 4, 5, 6), [1, 3]);
  queue.push(Uint8Array.of(7));
  const pieces = Array.from({ length: 4 }, () => [...(queue.shift() ?? [])]);
  expect(pieces).toEqual([[1], [2, 3], [4, 5, 6], [7]]);
  expect([queue.length, queue.bytes]).toEqual([0, 0]);
});

test('gives no piece longer than wanted, and none across a cut', () => {
  const queue = new ChunkQueue();
  queue.push(Uint8Array.of(1, 2, 3, 4, 5, 6), [3]);
  const pieces = Array.from({ length: 4 }, () => [...(queue.shift(2) ?? [])]);
  expect(pieces).toEqual([[1, 2], [3], [4, 5], [6]]);
  expect(queue.shift(2)).toBeUndefined();
});

test('counts the bytes of a chunk piece by piece', () => {
  const queue = new ChunkQueue();
  queue.push(new Uint8Array(10), [4]);
  queue.shift();
  expect([queue.length, queue.bytes]).toEqual([1, 6]);
});
