import { RULES, type Violation } from '../judge/violation.ts';
import { keepParts, partsOf } from '../plan/keep-parts.ts';
import type { Plan } from '../plan/plan.ts';
import { runPlan } from '../run/run-plan.ts';
import { describePlan } from '../shrink/describe-plan.ts';
import { shrink } from '../shrink/shrink.ts';
import { traceRun } from '../trace/trace-run.ts';

/** Lines before the violation that are shown. */
const LINES_BEFORE = 120;
/** A way of a message that is longer than this says little more. */
const WAY_LINES = 80;

/** A seq as it is shown. */
const SEQ = / ([0-9a-f]{4}\.\.[0-9a-f]{6}) /;

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
  showWay(violation, lines, print);
  print('');
  print(
    `What happened, the last ${LINES_BEFORE} lines (a > b: a frame that a gives to the link to b):`,
  );
  for (const line of lines.slice(-LINES_BEFORE)) print(line);
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

/** Lines about the message that is concerned: by its id, and by the seq under which it travels. */
function showWay({ message }: Violation, lines: readonly string[], print: Print): void {
  if (message === undefined) return;
  const name = new RegExp(`\\b${message}\\b`);
  const seqs = new Set(
    lines.flatMap((line) => (name.test(line) ? (SEQ.exec(line)?.[1] ?? []) : [])),
  );
  const way = lines.filter(
    (line) => name.test(line) || [...seqs].some((seq) => line.includes(` ${seq} `)),
  );
  print('');
  print(`The way of ${message}:`);
  for (const line of way.slice(0, WAY_LINES)) print(line);
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
