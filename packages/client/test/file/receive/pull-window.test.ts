import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PullWindow } from '../../../src/file/receive/pull-window.ts';

const MAX_BYTES = 8 * 1024 * 1024;

test('whatever happens, it asks for something and for no more than 8 MiB or its smallest size', () => {
  const event = fc.oneof(
    fc.constant('lost' as const),
    fc.record({ tookMs: fc.nat(20_000), afterMs: fc.nat(5_000) }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1_024, max: 8_388_608 }),
      fc.array(event, { maxLength: 200 }),
      (chunkBytes, events) => {
        const window = new PullWindow({ chunkBytes });
        const most = Math.max(1, Math.floor(MAX_BYTES / chunkBytes));
        let nowMs = 0;
        for (const each of events) {
          if (each === 'lost') window.lost();
          else {
            nowMs += each.afterMs;
            window.replied(each.tookMs, nowMs);
          }
          expect(window.size).toBeGreaterThanOrEqual(1);
          expect(window.size).toBeLessThanOrEqual(most);
        }
      },
    ),
    { seed: 20261126, numRuns: 300 },
  );
});

test('it grows while replies are quick, and is half as large after a loss', () => {
  const window = new PullWindow({ chunkBytes: 65_536 });
  const first = window.size;
  for (let reply = 0; reply < 1_000; reply++) window.replied(10, 10 * reply);
  const grown = window.size;
  expect(grown).toBeGreaterThan(2 * first);
  window.lost();
  expect(window.size).toBeLessThanOrEqual(Math.max(first, Math.ceil(grown / 2)));
});

test('it does not grow without bounds when replies queue up', () => {
  const window = new PullWindow({ chunkBytes: 1_024 });
  // A line that answers one chunk in 10 ms, however many are asked for.
  for (let nowMs = 0; nowMs < 60_000; nowMs += 10) window.replied(10 * window.size, nowMs);
  expect(window.size).toBeLessThan(64);
});
