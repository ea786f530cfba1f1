import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReadGate } from '../../src/flow/read-gate.ts';
import { ReassemblyBudget } from '../../src/flow/reassembly-budget.ts';

const MIB = 1024 * 1024;

function gates(count: number): ReadGate[] {
  const make = (): ReadGate => new ReadGate({ pause: () => undefined, resume: () => undefined });
  return Array.from({ length: count }, make);
}

function blocked(list: readonly ReadGate[]): boolean[] {
  return list.map(({ isBlocked }) => isBlocked);
}

describe('ReassemblyBudget', () => {
  it('lets one connection at a time finish its frame while the budget is used up (D-22)', () => {
    const budget = new ReassemblyBudget({ reassemblyBytes: 4 * MIB });
    const list = gates(3);
    const [first, second, third] = list as [ReadGate, ReadGate, ReadGate];
    budget.update(first, 2 * MIB);
    budget.update(second, 2 * MIB);
    budget.update(third, 1 * MIB); // over the budget: it has the turn
    budget.update(first, 3 * MIB);
    budget.update(second, 3 * MIB);
    expect(blocked(list)).toEqual([true, true, false]);
    budget.update(third, 0);
    expect(blocked(list)).toEqual([false, true, false]);
    budget.update(first, 0);
    expect(blocked(list)).toEqual([false, false, false]);
    expect(budget.heldBytes).toBe(3 * MIB);
  });

  it('does not count announced bytes, only those that came, and small frames not at all', () => {
    const budget = new ReassemblyBudget({ reassemblyBytes: MIB });
    const [only] = gates(1) as [ReadGate];
    budget.update(only, 64 * 1024);
    expect(budget.heldBytes).toBe(0);
  });

  it('takes the turn from a connection that brings nothing', () => {
    const budget = new ReassemblyBudget({ reassemblyBytes: MIB });
    const list = gates(2);
    const [idle, busy] = list as [ReadGate, ReadGate];
    budget.update(idle, 2 * MIB);
    budget.update(busy, 1 * MIB);
    expect(blocked(list)).toEqual([false, true]);
    budget.tick(0);
    budget.tick(1_000);
    expect(blocked(list)).toEqual([true, false]);
    budget.update(busy, 0);
    expect(blocked(list)).toEqual([false, false]);
  });

  it('gives back what a lost connection held or waited for', () => {
    const budget = new ReassemblyBudget({ reassemblyBytes: MIB });
    const list = gates(3);
    const [holder, waiter, next] = list as [ReadGate, ReadGate, ReadGate];
    for (const gate of list) budget.update(gate, 2 * MIB);
    budget.release(waiter);
    expect(waiter.isBlocked).toBe(false);
    budget.release(holder);
    expect(next.isBlocked).toBe(false);
    budget.release(next);
    expect([budget.heldBytes, budget.waiting]).toEqual([0, 0]);
  });

  it('never leaves everybody blocked, and nothing behind, whatever happens', () => {
    const step = fc.record({
      who: fc.nat({ max: 4 }),
      mib: fc.nat({ max: 6 }),
      kind: fc.constantFrom('update', 'release', 'tick'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const budget = new ReassemblyBudget({ reassemblyBytes: 4 * MIB });
        const list = gates(5);
        let nowMs = 0;
        for (const { kind, mib, who } of steps) {
          const gate = list[who];
          if (gate === undefined) continue;
          nowMs += 600;
          if (kind === 'tick') budget.tick(nowMs);
          else if (kind === 'release') budget.release(gate);
          else if (!gate.isBlocked) budget.update(gate, mib * MIB);
          expect(blocked(list).every(Boolean)).toBe(false);
        }
        for (const gate of list) budget.release(gate);
        expect([budget.heldBytes, budget.waiting, blocked(list)]).toEqual([
          0,
          0,
          Array(5).fill(false),
        ]);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});
