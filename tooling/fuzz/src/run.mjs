// Fuzzes every target of the packages, see docs/fuzzing.md:
//
//   pnpm fuzz [--ms N | --executions N] [--seed N] [--target TEXT] [--save]
//   pnpm fuzz --target NAME --input HEX
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';
import { FuzzReporter } from './report.mjs';

const DEFAULT_MS = '10000';
const { values } = parseArgs({
  options: {
    executions: { type: 'string' },
    input: { type: 'string' },
    ms: { type: 'string' },
    save: { type: 'boolean', default: false },
    seed: { type: 'string' },
    target: { type: 'string' },
  },
});
const { executions, input, save, target } = values;
const ms = values.ms ?? (executions === undefined ? DEFAULT_MS : undefined);
const seed = values.seed ?? String(Date.now() & 0x7fffffff);
const env = {
  AMOP_FUZZ_SEED: seed,
  ...(ms !== undefined && { AMOP_FUZZ_MS: ms }),
  ...(executions !== undefined && { AMOP_FUZZ_EXECUTIONS: executions }),
  ...(input !== undefined && { AMOP_FUZZ_INPUT: input }),
  ...(save && { AMOP_FUZZ_SAVE: '1' }),
};

const setup = fileURLToPath(new URL('./campaign-setup.ts', import.meta.url));
const vitest = await startVitest(
  'test',
  [],
  {
    config: false,
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    include: ['packages/*/fuzz/**/*.fuzz.ts'],
    watch: false,
    pool: 'forks',
    fileParallelism: false,
    setupFiles: [setup],
    env,
    // A target that takes memory without end must fail, not slow down the machine.
    execArgv: ['--max-old-space-size=1024'],
    ...(target !== undefined && {
      testNamePattern: `^${target.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`,
    }),
    reporters: [new FuzzReporter(seed)],
  },
  { ssr: { resolve: { conditions: ['@amop/source', 'node', 'import', 'default'] } } },
);
await vitest.close();
