import { expect, test } from 'vitest';
import { generatePlan } from '../src/plan/generate-plan.ts';
import { keepParts, partsOf } from '../src/plan/keep-parts.ts';
import { traceRun } from '../src/trace/trace-run.ts';

test('a plan that is run again does the same, line by line', { timeout: 60_000 }, async () => {
  for (const seed of [11, 12, 13]) {
    const plan = generatePlan(seed);
    const first = await traceRun(plan);
    expect(first.violations).toEqual([]);
    expect(first.lines.length).toBeGreaterThan(20);
    expect((await traceRun(plan)).lines).toEqual(first.lines);
  }
});

test('a plan with all its parts is the plan, as far as its last step', () => {
  const plan = generatePlan(21);
  expect(keepParts(plan, new Set(partsOf(plan)))).toEqual({
    ...plan,
    lengthMs: expect.any(Number),
  });
});

test('what refers to a part that is gone goes as well', () => {
  const plan = generatePlan(21);
  const [client] = plan.clients;
  const parts = new Set(partsOf(plan));
  parts.delete(client?.name ?? '');
  const steps = keepParts(plan, parts)?.steps ?? [];
  expect(plan.steps.some((step) => 'client' in step && step.client === client?.name)).toBe(true);
  expect(steps.some((step) => 'client' in step && step.client === client?.name)).toBe(false);
});

test('nothing is left of a plan without nodes', () => {
  expect(keepParts(generatePlan(21), new Set(['c0', 'prices']))).toBeUndefined();
});
