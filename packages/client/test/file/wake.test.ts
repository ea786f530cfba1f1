import { VirtualClock } from '@amop/testkit';
import { expect, test } from 'vitest';
import { Wake } from '../../src/file/wake.ts';

/** What has ended, in order. */
function logOf(waits: Readonly<Record<string, Promise<void>>>): string[] {
  const log: string[] = [];
  for (const [name, wait] of Object.entries(waits)) void wait.then(() => log.push(name));
  return log;
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('a wait ends after its time', async () => {
  const clock = new VirtualClock();
  const wake = new Wake({ clock });
  const log = logOf({ wait: wake.wait(10) });
  clock.advance(9);
  await turn();
  expect(log).toEqual([]);
  clock.advance(1);
  await turn();
  expect(log).toEqual(['wait']);
});

test('a call ends the wait and leaves no timer', async () => {
  const clock = new VirtualClock();
  const wake = new Wake({ clock });
  const wait = wake.wait(10);
  wake.call();
  await wait;
  expect(clock.timers).toBe(0);
});

test('a call while nobody waits is not lost, and counts once', async () => {
  const clock = new VirtualClock();
  const wake = new Wake({ clock });
  wake.call();
  wake.call();
  await wake.wait(10);
  const log = logOf({ second: wake.wait(10) });
  await turn();
  expect(log).toEqual([]);
  clock.advance(10);
  await turn();
  expect(log).toEqual(['second']);
});

test('no time to wait is no wait', async () => {
  const clock = new VirtualClock();
  await new Wake({ clock }).wait(0);
  expect(clock.timers).toBe(0);
});
