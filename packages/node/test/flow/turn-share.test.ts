import { ManualScheduler, VirtualClock } from '@amop/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { ReadGate } from '../../src/flow/read-gate.ts';
import { TurnShare } from '../../src/flow/turn-share.ts';

describe('TurnShare', () => {
  let gate: ReadGate;
  let clock: VirtualClock;
  let scheduler: ManualScheduler;
  let share: TurnShare;

  beforeEach(() => {
    gate = new ReadGate({ pause: () => undefined, resume: () => undefined });
    scheduler = new ManualScheduler();
    clock = new VirtualClock();
    share = new TurnShare(gate, { clock, scheduler });
  });

  it('stops reading after a chunk that took long, until the end of the turn', () => {
    share.used(100, 103);
    expect(gate.isBlocked).toBe(true);
    scheduler.runTurn();
    expect(gate.isBlocked).toBe(false);
  });

  it('adds up chunks that follow each other at once', () => {
    for (const fromMs of [100, 100.7, 101.4]) {
      expect(gate.isBlocked).toBe(false);
      share.used(fromMs, fromMs + 0.7);
    }
    expect(gate.isBlocked).toBe(true);
  });

  it('does not add up chunks with something else in between', () => {
    for (let fromMs = 100; fromMs < 200; fromMs += 3) share.used(fromMs, fromMs + 1.5);
    expect(gate.isBlocked).toBe(false);
  });

  it('blocks once, however many chunks still come', () => {
    share.used(100, 103);
    share.used(103, 109);
    expect(scheduler.waiting).toBe(1);
    scheduler.runTurn();
    expect(gate.isBlocked).toBe(false);
  });

  it('begins anew after each turn', () => {
    share.used(100, 103);
    scheduler.runTurn();
    share.used(103.1, 104);
    expect(gate.isBlocked).toBe(false);
  });

  it('is not read for as long again after work that took very long', () => {
    share.used(100, 900);
    scheduler.runTurn();
    clock.advance(799);
    expect(gate.isBlocked).toBe(true);
    clock.advance(1);
    expect(gate.isBlocked).toBe(false);
  });

  it('is read again after 5 s at the latest', () => {
    share.used(100, 60_000);
    scheduler.runTurn();
    clock.advance(5_000);
    expect(gate.isBlocked).toBe(false);
  });

  it('leaves no timer behind when the connection is gone', () => {
    share.used(100, 900);
    scheduler.runTurn();
    share.stop();
    expect(clock.timers).toBe(0);
  });

  it('begins no rest when the connection is gone', () => {
    share.used(100, 900);
    share.stop();
    scheduler.runTurn();
    expect(clock.timers).toBe(0);
  });
});
