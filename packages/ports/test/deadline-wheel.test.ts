import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeadlineWheel, WheelEntry } from '../src/index.ts';

class Entry extends WheelEntry {
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }
}

function expired(wheel: DeadlineWheel<Entry>, nowMs: number): string[] {
  const names: string[] = [];
  wheel.advance(nowMs, ({ name }) => names.push(name));
  return names;
}

test('an entry expires at its deadline, never before and once', () => {
  const wheel = new DeadlineWheel<Entry>();
  wheel.add(new Entry('a'), 1005);
  expect(expired(wheel, 1004.9)).toEqual([]);
  expect(wheel.size).toBe(1);
  expect(expired(wheel, 1019)).toEqual([]);
  expect(expired(wheel, 1020)).toEqual(['a']);
  expect(expired(wheel, 5000)).toEqual([]);
  expect(wheel.size).toBe(0);
});

test('a deadline on a tick expires on it', () => {
  const wheel = new DeadlineWheel<Entry>();
  wheel.add(new Entry('a'), 1000);
  expect(expired(wheel, 999.999)).toEqual([]);
  expect(expired(wheel, 1000)).toEqual(['a']);
});

test('deadlines more than one round away keep their place', () => {
  const wheel = new DeadlineWheel<Entry>({ tickMs: 10, slots: 8 });
  wheel.add(new Entry('near'), 40);
  wheel.add(new Entry('one round'), 120);
  wheel.add(new Entry('many rounds'), 40 + 80 * 50);
  expect(expired(wheel, 40)).toEqual(['near']);
  expect(expired(wheel, 119)).toEqual([]);
  expect(expired(wheel, 120)).toEqual(['one round']);
  expect(expired(wheel, 4039)).toEqual([]);
  expect(expired(wheel, 4040)).toEqual(['many rounds']);
});

test('one call after a long silence finds everything that is due', () => {
  const wheel = new DeadlineWheel<Entry>({ tickMs: 10, slots: 8 });
  const entries = Array.from({ length: 50 }, (_, index) => new Entry(`${index}`));
  for (const [index, entry] of entries.entries()) wheel.add(entry, index * 37);
  expect(expired(wheel, 1_000_000)).toHaveLength(50);
  expect(wheel.size).toBe(0);
});

test('earlier ticks first, within a tick in the order added', () => {
  const wheel = new DeadlineWheel<Entry>({ tickMs: 10, slots: 64 });
  wheel.add(new Entry('late'), 300);
  wheel.add(new Entry('first'), 101);
  wheel.add(new Entry('second'), 109);
  wheel.add(new Entry('early'), 20);
  expect(expired(wheel, 500)).toEqual(['early', 'first', 'second', 'late']);
});

test('a deadline that is over expires at the next tick', () => {
  const wheel = new DeadlineWheel<Entry>({ tickMs: 20 });
  expect(expired(wheel, 10_000)).toEqual([]);
  wheel.add(new Entry('a'), 3);
  expect(expired(wheel, 10_019)).toEqual([]);
  expect(expired(wheel, 10_020)).toEqual(['a']);
});

test('no deadline is a deadline that never comes', () => {
  const wheel = new DeadlineWheel<Entry>();
  wheel.add(new Entry('a'), Number.POSITIVE_INFINITY);
  expect(expired(wheel, 1e12)).toEqual([]);
  expect(wheel.size).toBe(1);
});

describe('remove and move', () => {
  test('a removed entry does not expire; removing again is no matter', () => {
    const wheel = new DeadlineWheel<Entry>();
    const entry = new Entry('a');
    wheel.add(entry, 100);
    wheel.remove(entry);
    wheel.remove(entry);
    expect(wheel.size).toBe(0);
    expect(expired(wheel, 1000)).toEqual([]);
  });

  test('removing from the middle of a slot leaves its neighbours', () => {
    const wheel = new DeadlineWheel<Entry>();
    const [a, b, c] = [new Entry('a'), new Entry('b'), new Entry('c')];
    for (const entry of [a, b, c]) wheel.add(entry, 100);
    wheel.remove(b);
    expect(expired(wheel, 100)).toEqual(['a', 'c']);
  });

  test('a moved entry has the new deadline only', () => {
    const wheel = new DeadlineWheel<Entry>();
    const entry = new Entry('a');
    wheel.add(entry, 100);
    wheel.move(entry, 500);
    expect(wheel.size).toBe(1);
    expect(expired(wheel, 499)).toEqual([]);
    expect(expired(wheel, 500)).toEqual(['a']);
  });

  test('an entry of another wheel is left alone', () => {
    const [own, other] = [new DeadlineWheel<Entry>(), new DeadlineWheel<Entry>()];
    const entry = new Entry('a');
    own.add(entry, 100);
    other.remove(entry);
    expect([own.size, other.size]).toEqual([1, 0]);
    expect(expired(own, 100)).toEqual(['a']);
  });

  test('an entry can be used again', () => {
    const wheel = new DeadlineWheel<Entry>();
    const entry = new Entry('a');
    wheel.add(entry, 100);
    expect(expired(wheel, 100)).toEqual(['a']);
    wheel.add(entry, 200);
    expect(expired(wheel, 200)).toEqual(['a']);
  });
});

describe('calls out of onExpired', () => {
  test('an entry that is removed there does not expire', () => {
    const wheel = new DeadlineWheel<Entry>();
    const [a, b, c] = [new Entry('a'), new Entry('b'), new Entry('c')];
    for (const entry of [a, b, c]) wheel.add(entry, 100);
    const names: string[] = [];
    wheel.advance(100, ({ name }) => {
      names.push(name);
      wheel.remove(b);
    });
    expect(names).toEqual(['a', 'c']);
    expect(wheel.size).toBe(0);
  });

  test('an entry that is added there waits for a later tick', () => {
    const wheel = new DeadlineWheel<Entry>();
    const entry = new Entry('a');
    wheel.add(entry, 100);
    let times = 0;
    wheel.advance(100, (again) => {
      times += 1;
      wheel.add(again, 0);
    });
    expect(times).toBe(1);
    expect(expired(wheel, 120)).toEqual(['a']);
  });

  test('when it throws, the rest expires in the next call', () => {
    const wheel = new DeadlineWheel<Entry>();
    for (const name of ['a', 'b', 'c']) wheel.add(new Entry(name), 100);
    expect(() =>
      wheel.advance(100, () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(wheel.nextCheckMs).toBe(120);
    expect(expired(wheel, 100)).toEqual(['b', 'c']);
  });
});

describe('nextCheckMs', () => {
  test('is undefined without entries', () => {
    expect(new DeadlineWheel().nextCheckMs).toBeUndefined();
  });

  test('is the tick of the next entry within a round', () => {
    const wheel = new DeadlineWheel<Entry>({ tickMs: 20, slots: 64 });
    wheel.advance(1000, () => {});
    wheel.add(new Entry('a'), 1105);
    expect(wheel.nextCheckMs).toBe(1120);
    expect(expired(wheel, 1119)).toEqual([]);
    expect(expired(wheel, 1120)).toEqual(['a']);
  });

  test('is a lower bound beyond', () => {
    const wheel = new DeadlineWheel<Entry>({ tickMs: 20, slots: 8 });
    wheel.add(new Entry('a'), 5000);
    expect(wheel.nextCheckMs).toBeLessThanOrEqual(5000);
  });
});

test('agrees with a plain list for any order of calls', () => {
  const call = fc.oneof(
    fc.record({
      kind: fc.constantFrom('add' as const, 'move' as const),
      entry: fc.nat(9),
      afterMs: fc.integer({ min: -50, max: 700 }),
    }),
    fc.record({ kind: fc.constant('remove' as const), entry: fc.nat(9) }),
    fc.record({ kind: fc.constant('advance' as const), byMs: fc.integer({ min: 0, max: 400 }) }),
  );
  fc.assert(
    fc.property(fc.array(call, { maxLength: 80 }), (calls) => {
      const tickMs = 10;
      const wheel = new DeadlineWheel<Entry>({ tickMs, slots: 16 });
      const entries = Array.from({ length: 10 }, (_, index) => new Entry(`${index}`));
      const ticks = new Map<string, number>();
      let nowMs = 0;
      wheel.advance(nowMs, () => {});
      for (const step of calls) {
        if (step.kind === 'advance') {
          nowMs += step.byMs;
          const due = [...ticks].filter(([, tick]) => tick * tickMs <= nowMs);
          for (const [name] of due) ticks.delete(name);
          expect(expired(wheel, nowMs).sort()).toEqual(due.map(([name]) => name).sort());
        } else {
          const entry = entries[step.entry] ?? new Entry('none');
          if (step.kind === 'remove') {
            wheel.remove(entry);
            ticks.delete(entry.name);
          } else {
            wheel[step.kind](entry, nowMs + step.afterMs);
            const next = Math.floor(nowMs / tickMs) + 1;
            ticks.set(entry.name, Math.max(Math.ceil((nowMs + step.afterMs) / tickMs), next));
          }
        }
        expect(wheel.size).toBe(ticks.size);
      }
    }),
    { numRuns: 300 },
  );
});
