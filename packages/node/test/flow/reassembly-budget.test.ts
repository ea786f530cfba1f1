import { describe, expect, it } from 'vitest';
import { ReadGate } from '../../src/flow/read-gate.ts';
import { ReassemblyBudget } from '../../src/flow/reassembly-budget.ts';

const MIB = 1024 * 1024;

function gate(): ReadGate {
  return new ReadGate({ pause: () => undefined, resume: () => undefined });
}

describe('ReassemblyBudget', () => {
  it('lets large frames wait, not reading, until there is room, in the order they came (D-22)', () => {
    const budget = new ReassemblyBudget(4 * MIB);
    const [first, second, third] = [gate(), gate(), gate()];
    budget.update(first, 3 * MIB);
    budget.update(second, 2 * MIB);
    budget.update(third, 2 * MIB);
    expect([first, second, third].map(({ isBlocked }) => isBlocked)).toEqual([false, true, true]);
    budget.update(first, 0);
    expect([second, third].map(({ isBlocked }) => isBlocked)).toEqual([false, false]);
    expect(budget.heldBytes).toBe(4 * MIB);
  });

  it('always lets one frame through, even one above the whole budget', () => {
    const budget = new ReassemblyBudget(MIB);
    const only = gate();
    budget.update(only, 100 * MIB);
    expect(only.isBlocked).toBe(false);
  });

  it('does not count small frames', () => {
    const budget = new ReassemblyBudget(MIB);
    budget.update(gate(), 64 * 1024);
    expect(budget.heldBytes).toBe(0);
  });

  it('gives back what a lost connection held or waited for', () => {
    const budget = new ReassemblyBudget(MIB);
    const [holder, waiter, next] = [gate(), gate(), gate()];
    for (const each of [holder, waiter, next]) budget.update(each, MIB);
    budget.release(waiter);
    expect(waiter.isBlocked).toBe(false);
    budget.release(holder);
    expect(next.isBlocked).toBe(false);
    budget.release(next);
    expect(budget.heldBytes).toBe(0);
    expect(budget.waiting).toBe(0);
  });
});
