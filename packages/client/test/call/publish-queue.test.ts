import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PublishQueue } from '../../src/call/publish-queue.ts';

function take(queue: PublishQueue, count: number): { taken: number[]; enough: boolean } {
  const taken: number[] = [];
  const enough = queue.takeOldest(count, (number) => taken.push(number));
  return { taken, enough };
}

test('the oldest are taken first, and a refused one is not counted', () => {
  const queue = new PublishQueue();
  for (const number of [1, 2, 3, 4]) queue.push(number);
  expect(queue.remove(2)).toBe(true);
  expect(queue.remove(2)).toBe(false);
  expect(take(queue, 2)).toEqual({ taken: [1, 3], enough: true });
  expect(queue.size).toBe(1);
});

test('a count above what was sent is told', () => {
  const queue = new PublishQueue();
  queue.push(9);
  expect(take(queue, 2)).toEqual({ taken: [9], enough: false });
  expect(queue.remove(0)).toBe(false);
});

test('any order of pushes, refusals and counts gives what a plain list gives', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), count: fc.integer({ min: 1, max: 1500 }) }),
    fc.record({ kind: fc.constant('take' as const), count: fc.integer({ min: 0, max: 1500 }) }),
    fc.record({ kind: fc.constant('remove' as const), count: fc.integer({ min: 0, max: 3000 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const queue = new PublishQueue();
      let model: number[] = [];
      let last = 0;
      for (const { kind, count } of steps) {
        if (kind === 'push') {
          for (let left = count; left > 0; left--) {
            queue.push(++last);
            model.push(last);
          }
        } else if (kind === 'remove') {
          expect(queue.remove(count)).toBe(model.includes(count));
          model = model.filter((number) => number !== count);
        } else {
          const expected = { taken: model.slice(0, count), enough: count <= model.length };
          expect(take(queue, count)).toEqual(expected);
          model = model.slice(count);
        }
        expect(queue.size).toBe(model.length);
      }
    }),
    { numRuns: 60 },
  );
});
