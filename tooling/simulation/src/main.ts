// The simulation as a command: many seeds, or one with its trace.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { generatePlan } from './plan/generate-plan.ts';
import type { Plan } from './plan/plan.ts';
import { planWith, reportFailure } from './simulate/report-failure.ts';
import { runSeeds, type SeedsResult } from './simulate/run-seeds.ts';
import { traceRun } from './trace/trace-run.ts';

interface Options {
  readonly seeds?: number;
  readonly minutes?: number;
  readonly from: number;
  readonly jobs: number;
  readonly seed?: number;
  readonly keep?: readonly string[];
  readonly trace?: boolean;
  readonly json?: boolean;
  readonly untilFailure?: boolean;
  readonly shrink: boolean;
}

const DEFAULT_SEEDS = 1_000;
const PROGRESS_MS = 10_000;
/** Failing seeds that are reported with a trace. */
const MAX_REPORTS = 3;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function whole(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('a whole number of 0 or more');
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('a number above 0');
}

const program = new Command('simulate')
  .description('runs nodes and clients over simulated links, a network for each seed')
  .option('--seeds <n>', `number of seeds (default ${DEFAULT_SEEDS})`, whole)
  .option('--minutes <m>', 'ends after so many minutes', positive)
  .option('--from <seed>', 'first seed', whole, 1)
  .option('--jobs <n>', 'processes', whole, availableParallelism())
  .option('--until-failure', 'ends at the first seed that fails')
  .option('--json', 'prints one JSON object at the end and nothing else')
  .option(
    '--seed <n>',
    'runs this seed alone; if it fails, makes it small and shows what happened',
    whole,
  )
  .option('--keep <parts>', 'with --seed: only these parts of its plan', (text) => text.split(','))
  .option('--trace', 'with --seed: shows everything that happens')
  .option('--no-shrink', 'with --seed: leaves the plan as it is');

program.parse();
const options = program.opts<Options>();
process.exitCode =
  options.seed === undefined ? await many(options) : await one(options.seed, options);

async function one(seed: number, { keep, shrink, trace }: Options): Promise<number> {
  const plan = planned(seed, keep);
  if (trace !== true) {
    await reportFailure(plan, print, shrink && keep === undefined);
    return 0;
  }
  const { events, lines, violations, virtualMs } = await traceRun(plan);
  for (const line of lines) print(line);
  print('');
  print(`seed ${seed}: ${events} events, ${(virtualMs / 1_000).toFixed(1)} virtual seconds`);
  for (const { atMs, rule, text } of violations)
    print(`${(atMs / 1_000).toFixed(3)} s  ${rule}: ${text}`);
  return violations.length > 0 ? 1 : 0;
}

/** The plan of a seed; ends the program with 2 when parts are named that it has not. */
function planned(seed: number, keep: readonly string[] | undefined): Plan {
  try {
    return planWith(generatePlan(seed), keep);
  } catch (error) {
    return program.error(error instanceof Error ? error.message : String(error), { exitCode: 2 });
  }
}

async function many({
  from,
  jobs,
  json,
  minutes,
  seeds,
  shrink,
  untilFailure,
}: Options): Promise<number> {
  let shownMs = 0;
  const shown = new Set<number>();
  const result = await runSeeds({
    from,
    count: seeds ?? (minutes === undefined ? DEFAULT_SEEDS : Number.POSITIVE_INFINITY),
    maxMs: minutes === undefined ? Number.POSITIVE_INFINITY : minutes * 60_000,
    jobs: Math.max(1, jobs),
    untilFailure: untilFailure === true,
    worker: fileURLToPath(new URL('./worker.mjs', import.meta.url)),
    onProgress: (total) => {
      if (json === true) return;
      for (const { seed, violation } of total.failures) {
        if (!shown.has(seed)) print(`seed ${seed}: ${violation.rule}: ${violation.text}`);
        shown.add(seed);
      }
      if (total.ms - shownMs < PROGRESS_MS) return;
      shownMs = total.ms;
      print(summary(total));
    },
  });
  if (json === true) {
    print(JSON.stringify({ from, ...result }));
    return result.failures.length > 0 ? 1 : 0;
  }
  print(summary(result));
  for (const { seed } of result.failures.slice(0, MAX_REPORTS)) {
    await reportFailure(generatePlan(seed), print, shrink);
  }
  return result.failures.length > 0 ? 1 : 0;
}

function summary({ events, failures, ms, seeds, virtualMs }: SeedsResult): string {
  const perS = Math.round((events * 1_000) / ms).toLocaleString('en');
  const hours = (virtualMs / 3_600_000).toFixed(1);
  return `${seeds} seeds, ${events.toLocaleString('en')} events, ${perS} events/s, ${hours} virtual hours, ${failures.length} failed`;
}
