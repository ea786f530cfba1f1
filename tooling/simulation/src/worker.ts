// Runs seeds that its parent names, one after the other, and tells what came of each batch.
import { generatePlan } from './plan/generate-plan.ts';
import { runPlan } from './run/run-plan.ts';
import type { Batch, BatchResult, SeedFailure } from './simulate/batch.ts';

process.on('message', (batch: Batch) => {
  runBatch(batch).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(2);
    },
  );
});

async function runBatch({ count, from }: Batch): Promise<BatchResult> {
  let events = 0;
  let virtualMs = 0;
  const failures: SeedFailure[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const result = await runPlan(generatePlan(seed));
    events += result.events;
    virtualMs += result.virtualMs;
    const [violation] = result.violations;
    if (violation !== undefined) failures.push({ seed, violation });
  }
  return { from, count, events, virtualMs, failures };
}
