import { test } from 'vitest';
import { Campaign, type Finding } from './campaign.ts';
import { writeCorpus } from './corpus.ts';
import type { Coverage } from './coverage.ts';
import { Execution } from './execution.ts';
import { fromHex, toHex } from './hex.ts';
import { SETTINGS } from './settings.ts';
import { shrink } from './shrink.ts';
import type { FuzzTarget } from './target.ts';
import { Watchdog } from './watchdog.ts';

const DEFAULT_TEST_RUNS = 200;
/** Time for the few executions of `npm test`, and for the shrinking and the saving behind a campaign, in ms. */
const SHORT_MS = 120_000;

/** What a test tells the reporter of a campaign. */
interface FuzzReport {
  readonly executions: number;
  readonly ms: number;
  readonly kept: number;
}

declare module 'vitest' {
  interface TaskMeta {
    fuzz?: FuzzReport;
  }
}

// The set-up of a campaign puts it there before the code under test is loaded; `npm test` has none.
const { amopFuzzCoverage: coverage } = globalThis as { amopFuzzCoverage?: Coverage };

/**
 * One target: in `npm test` a few executions of a fixed seed and the corpus, in a campaign of `pnpm fuzz` as many as
 * its budget allows. A failing input is made as short as it goes, and told as hex digits.
 */
export function fuzz(target: FuzzTarget): void {
  const { input, isCampaign } = SETTINGS;
  test(target.name, { timeout: timeoutMs() }, async ({ task }) => {
    const maxMs = (target.maxMs ?? 1_000) * 10;
    const watchdog = isCampaign ? new Watchdog(target.name, maxMs) : undefined;
    try {
      const execution = new Execution(target, watchdog);
      const report = (executions: number, tookMs: number, kept: number): void => {
        task.meta.fuzz = { executions, ms: tookMs, kept };
      };
      if (input === undefined) await campaign(target, execution, report);
      else await execution.run(fromHex(input));
    } finally {
      await watchdog?.stop();
    }
  });
}

function timeoutMs(): number {
  const { isCampaign, ms } = SETTINGS;
  if (!isCampaign) return SHORT_MS;
  return Number.isFinite(ms) ? ms + SHORT_MS : SHORT_MS * 100;
}

async function campaign(
  target: FuzzTarget,
  execution: Execution,
  report: (executions: number, ms: number, kept: number) => void,
): Promise<void> {
  const { isCampaign, save } = SETTINGS;
  const settings = isCampaign
    ? SETTINGS
    : { ...SETTINGS, executions: target.testRuns ?? DEFAULT_TEST_RUNS };
  const run = new Campaign(target, settings, execution, coverage);
  const startMs = performance.now();
  const finding = await run.run();
  report(execution.count, performance.now() - startMs, run.kept.length);
  if (finding !== undefined) throw await explain(target, execution, finding);
  const isSaved = save && coverage !== undefined && target.isSecret !== true;
  if (isSaved) writeCorpus(target.name, await run.smallest());
}

async function explain(
  target: FuzzTarget,
  execution: Execution,
  { bytes, error }: Finding,
): Promise<Error> {
  const fails = async (candidate: Uint8Array): Promise<boolean> =>
    (await execution.failureOf(candidate)) !== undefined;
  const least = (await fails(bytes)) ? await shrink(bytes, fails) : bytes;
  const cause = (await execution.failureOf(least)) ?? error;
  const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new Error(`${what}\n  pnpm fuzz --target ${target.name} --input ${toHex(least)}`, {
    cause,
  });
}
