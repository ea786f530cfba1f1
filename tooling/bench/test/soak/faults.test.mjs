import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Faults } from '../../src/soak/faults.mjs';

const fault = (more) => ({
  kind: 'request',
  code: 'AMOP_CLIENT_NO_SUBSCRIBER',
  message: '',
  fromMs: 1_000,
  toMs: 1_010,
  nearRestart: true,
  ...more,
});

let faults;

/** The node was away from one time to the other, both in ms since 1970. */
function away(fromMs, toMs) {
  vi.setSystemTime(fromMs);
  faults.away();
  vi.setSystemTime(toMs);
  faults.back();
}

const take = (...list) => {
  faults.take('resident', { done: {}, faults: list, leftOut: 0, unnamed: 0 });
};

beforeEach(() => {
  faults = new Faults();
  vi.useFakeTimers({ toFake: ['Date'] });
  return () => vi.useRealTimers();
});

describe('Faults', () => {
  it('explains what ends while the node is away, or began before', () => {
    take(fault({}), fault({ fromMs: 0, toMs: 5_000 }));
    away(900, 1_100);
    expect(faults.unexplained()).toEqual([]);
    expect(faults.explained()).toEqual({ AMOP_CLIENT_NO_SUBSCRIBER: 2 });
  });

  it('explains nothing before, after, or of calls that go elsewhere', () => {
    away(900, 1_100);
    take(
      fault({ fromMs: 800, toMs: 899 }),
      fault({ fromMs: 1_101, toMs: 1_200 }),
      fault({ nearRestart: false }),
    );
    expect(faults.unexplained()).toHaveLength(3);
  });

  it('explains no answer that was changed, and no handler that failed', () => {
    away(900, 1_100);
    take(fault({ code: 'CHANGED' }), fault({ code: 'AMOP_CLIENT_HANDLER_FAILED' }));
    expect(faults.unexplained()).toHaveLength(2);
  });

  it('explains what ends before the node is back', () => {
    vi.setSystemTime(900);
    faults.away();
    take(fault({}));
    expect(faults.unexplained()).toEqual([]);
  });

  it('counts faults that a process did not name', () => {
    faults.take('resident', { done: {}, faults: [], leftOut: 0, unnamed: 3 });
    expect(faults.unnamed).toBe(3);
  });
});
