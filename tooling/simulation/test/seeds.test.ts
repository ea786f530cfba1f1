import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle, ENTRIES } from '../build.mjs';
import { runSeeds } from '../src/simulate/run-seeds.ts';

const SEEDS = 300;
const root = fileURLToPath(new URL('..', import.meta.url));
// Inside the package, so that what the bundle leaves out is found.
let outDir = '';

beforeAll(async () => {
  outDir = mkdtempSync(join(root, 'dist-test-'));
  await bundle({ root, outDir, entries: ENTRIES });
});

afterAll(() => rmSync(outDir, { recursive: true }));

test(`the rules hold in ${SEEDS} seeds`, { timeout: 600_000 }, async () => {
  const { events, failures, seeds } = await run(1, SEEDS, 2);
  expect(
    failures.map(({ seed, violation }) => `pnpm simulate --seed ${seed}: ${violation.text}`),
  ).toEqual([]);
  expect(seeds).toBe(SEEDS);
  expect(events).toBeGreaterThan(SEEDS * 1_000);
});

test('a seed does the same in every process, though node IDs are others', {
  timeout: 60_000,
}, async () => {
  const [one, other] = await Promise.all([run(7_000, 20, 1), run(7_000, 20, 1)]);
  expect([other.events, other.virtualMs]).toEqual([one.events, one.virtualMs]);
});

function run(from: number, count: number, jobs: number): ReturnType<typeof runSeeds> {
  return runSeeds({
    from,
    count,
    jobs,
    maxMs: Number.POSITIVE_INFINITY,
    untilFailure: false,
    worker: join(outDir, 'worker.mjs'),
    onProgress: () => undefined,
  });
}
