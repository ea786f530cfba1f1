import { defineConfig } from 'vitest/config';

/** Fuzzing is on demand: `npm run fuzz`, with AMOP_FUZZ_MS milliseconds for each target. */
export default defineConfig({
  test: { include: ['fuzz/**/*.fuzz.ts'], fileParallelism: false },
});
