import { expect, test } from 'vitest';
import { generatePlan } from '../src/plan/generate-plan.ts';
import { partsOf } from '../src/plan/keep-parts.ts';
import type { Plan } from '../src/plan/plan.ts';
import { shrink } from '../src/shrink/shrink.ts';

test('two steps that are needed together stay, and what they refer to', async () => {
  const plan = generatePlan(33);
  const acts = plan.steps.filter(({ kind }) => kind === 'request');
  const [first, second] = [acts[0]?.id, acts.at(-1)?.id];
  const fails = async ({ steps }: Plan): Promise<boolean> =>
    [first, second].every((id) => steps.some((step) => step.id === id));
  const { kept, plan: small } = await shrink(plan, fails);
  expect(small.steps.map(({ id }) => id)).toEqual([first, second]);
  expect(kept.length).toBeLessThan(10);
  expect(kept.length).toBeLessThan(partsOf(plan).length / 5);
});

test('it gives up after so many tries, with what it has', async () => {
  const plan = generatePlan(33);
  const { kept, tried } = await shrink(plan, async () => false, { maxTried: 5 });
  expect(tried).toBe(5);
  expect(kept).toEqual(partsOf(plan));
});
