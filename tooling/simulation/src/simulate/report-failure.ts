import { RULES, type Violation } from '../judge/violation.ts';
import { keepParts, partsOf } from '../plan/keep-parts.ts';
import type { Plan } from '../plan/plan.ts';
import { runPlan, VIOLATION_MARK } from '../run/run-plan.ts';
import { describePlan } from '../shrink/describe-plan.ts';
import { shrink } from '../shrink/shrink.ts';
import { traceRun } from '../trace/trace-run.ts';
import { wayOf } from './show-way.ts';

/** Lines before and from the violation that are shown. */
const LINES_BEFORE = 90;
const LINES_AFTER = 12;

/** Writes lines for people. */
export type Print = (line: string) => void;

/** A failing plan, made small, and how to see it again. */
export async function reportFailure(plan: Plan, print: Print, isShrunk: boolean): Promise<void> {
  const first = (await runPlan(plan)).violations[0];
  if (first === undefined) {
    print(`seed ${plan.seed}: nothing that must not be`);
    return;
  }
  const { kept, plan: small } = isShrunk
    ? await shrunk(plan, first, print)
    : { kept: undefined, plan };
  const { lines, violations } = await traceRun(small);
  const violation = violations[0] ?? first;
  print('');
  print(`seed ${plan.seed}: ${violation.rule} - "${RULES[violation.rule]}" does not hold`);
  print(`  ${(violation.atMs / 1_000).toFixed(3)} s  ${violation.text}`);
  print('');
  print('Who is there, and what is to happen:');
  for (const line of describePlan(small)) print(`  ${line}`);
  if (violation.message !== undefined) {
    print('');
    print(`The way of ${violation.message}:`);
    for (const line of wayOf(violation.message, lines)) print(line);
  }
  showExcerpt(lines, print);
  print('');
  print('See all of it again:');
  print(
    `  pnpm simulate --seed ${plan.seed}${kept === undefined ? '' : ` --keep ${kept.join(',')}`} --trace`,
  );
}

async function shrunk(
  plan: Plan,
  first: Violation,
  print: Print,
): Promise<{ readonly plan: Plan; readonly kept: readonly string[] }> {
  print(`seed ${plan.seed}: ${first.rule}; leaving out what is not needed for it`);
  const result = await shrink(plan, async (smaller) => {
    const { violations } = await runPlan(smaller);
    return violations[0]?.rule === first.rule;
  });
  const parts = partsOf(plan).length;
  print(`  ${parts} parts became ${result.kept.length}, in ${result.tried} runs`);
  return result;
}

/** What was going on when it was found: not the end of the run, which may be long after. */
function showExcerpt(lines: readonly string[], print: Print): void {
  const found = lines.findIndex((line) => line.includes(VIOLATION_MARK));
  const at = found < 0 ? lines.length : found;
  const start = Math.max(0, at - LINES_BEFORE);
  print('');
  print(
    `What happened (lines ${start + 1} to ${Math.min(lines.length, at + LINES_AFTER)} of ${lines.length}; a > b: a gives a frame to the link to b):`,
  );
  for (const line of lines.slice(start, at + LINES_AFTER)) print(line);
}

/** The plan of a seed with only the parts that are named; all of it without names. */
export function planWith(plan: Plan, kept: readonly string[] | undefined): Plan {
  if (kept === undefined) return plan;
  const unknown = kept.filter((part) => !partsOf(plan).includes(part));
  if (unknown.length > 0) throw new Error(`seed ${plan.seed} has no ${unknown.join(', ')}`);
  const smaller = keepParts(plan, new Set(kept));
  if (smaller === undefined)
    throw new Error('--keep: leave at least a node, a client of it and a topic');
  return smaller;
}
