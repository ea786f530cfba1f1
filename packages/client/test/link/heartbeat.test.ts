import { VirtualClock } from '@amop/testkit';
import { expect, test } from 'vitest';
import { Heartbeat } from '../../src/link/heartbeat.ts';

function start(): { clock: VirtualClock; heartbeat: Heartbeat; beats: number[]; deaths: number[] } {
  const clock = new VirtualClock();
  const beats: number[] = [];
  const deaths: number[] = [];
  const heartbeat = new Heartbeat(
    { beat: () => beats.push(clock.nowMs()), dead: () => deaths.push(clock.nowMs()) },
    { clock },
  );
  heartbeat.start();
  return { clock, heartbeat, beats, deaths };
}

test('it beats every 10 s as long as the node is heard', () => {
  const { clock, heartbeat, beats, deaths } = start();
  for (let second = 0; second < 100; second += 10) {
    clock.advance(9_000);
    heartbeat.heard();
    clock.advance(1_000);
  }
  expect(beats).toHaveLength(10);
  expect(deaths).toEqual([]);
});

test('30 to 40 s of silence are the end, told once', () => {
  const { clock, heartbeat, deaths } = start();
  clock.advance(15_000);
  heartbeat.heard();
  clock.advance(30_000);
  expect(deaths).toEqual([]);
  clock.advance(100_000);
  expect(deaths).toEqual([50_000]);
  expect(clock.timers).toBe(0);
});

test('silence does not count while this side does not read', () => {
  const { clock, heartbeat, beats, deaths } = start();
  heartbeat.setReading(false);
  clock.advance(300_000);
  expect(deaths).toEqual([]);
  expect(beats).toHaveLength(30);
  heartbeat.setReading(true);
  clock.advance(30_000);
  expect(deaths).toEqual([]);
  clock.advance(10_000);
  expect(deaths).toHaveLength(1);
});
