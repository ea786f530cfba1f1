import { defineConfig } from 'vitest/config';

/** What every package's vitest.config.ts exports: tests read source, and a test that prints fails. */
export default defineConfig({
  ssr: { resolve: { conditions: ['@amop/source', 'node', 'import', 'default'] } },
  test: {
    // Of the fuzz targets a few executions each: `pnpm fuzz` runs more.
    include: ['test/**/*.test.ts', 'fuzz/**/*.fuzz.ts'],
    setupFiles: [new URL('./fail-on-console.mjs', import.meta.url).pathname],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    passWithNoTests: false,
  },
});
