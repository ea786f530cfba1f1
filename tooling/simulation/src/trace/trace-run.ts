import type { Plan } from '../plan/plan.ts';
import { type RunResult, runPlan } from '../run/run-plan.ts';
import { watchFrames } from './frame-watch.ts';

/** What a traced run gives. */
export interface TracedRun extends RunResult {
  /** One line for each thing that happened, in order. */
  readonly lines: readonly string[];
}

const NAME_WIDTH = 9;

/** Runs a plan and writes down every act, outcome, fault, log line and frame. Same plan, same lines. */
export async function traceRun(plan: Plan): Promise<TracedRun> {
  const lines: string[] = [];
  let nowMs: () => number = () => 0;
  const line = (atMs: number, who: string, text: string): void => {
    lines.push(`${(atMs / 1_000).toFixed(3).padStart(8)}  ${who.padEnd(NAME_WIDTH)} ${text}`);
  };
  const result = await runPlan(plan, {
    trace: { line },
    watch: watchFrames((from, to, text) => line(nowMs(), `${from} > ${to}`, text)),
    onStart: (loop) => {
      nowMs = () => loop.nowMs;
    },
  });
  return { ...result, lines };
}
