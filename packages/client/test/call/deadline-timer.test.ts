import { VirtualClock } from '@amop/testkit';
import { expect, test } from 'vitest';
import { DeadlineEntry, DeadlineTimer } from '../../src/call/deadline-timer.ts';

class Entry extends DeadlineEntry {
  readonly #clock: VirtualClock;
  readonly expiredAtMs: number[] = [];

  constructor(clock: VirtualClock) {
    super();
    this.#clock = clock;
  }

  override expire(): void {
    this.expiredAtMs.push(this.#clock.nowMs());
  }
}

test('an entry expires once, never early and at most two ticks late', () => {
  const clock = new VirtualClock();
  const deadlines = new DeadlineTimer(clock);
  clock.advance(1_234.5);
  const entries = [1, 19, 20, 21, 333, 5_000, 70_000].map((delayMs) => {
    const entry = new Entry(clock);
    deadlines.add(entry, clock.nowMs() + delayMs);
    return { entry, deadlineMs: clock.nowMs() + delayMs };
  });
  clock.advance(100_000);
  for (const { entry, deadlineMs } of entries) {
    expect(entry.expiredAtMs).toHaveLength(1);
    expect(entry.expiredAtMs[0]).toBeGreaterThanOrEqual(deadlineMs);
    expect(entry.expiredAtMs[0]).toBeLessThanOrEqual(deadlineMs + 40);
  }
});

test('one timer runs for all entries, and none when there are none', () => {
  const clock = new VirtualClock();
  const deadlines = new DeadlineTimer(clock);
  const entries = Array.from({ length: 100 }, () => new Entry(clock));
  expect(clock.timers).toBe(0);
  for (const entry of entries) deadlines.add(entry, 10_000);
  expect(clock.timers).toBe(1);
  for (const entry of entries) deadlines.remove(entry);
  clock.advance(100);
  expect(clock.timers).toBe(0);
  deadlines.add(new Entry(clock), 20_000);
  expect(clock.timers).toBe(1);
  deadlines.stop();
  expect(clock.timers).toBe(0);
});
