import { defineConfig } from 'vitest/config';

/** What every package's vitest.config.ts exports: tests read source, and a test that prints fails. */
export default defineConfig({
  ssr: { resolve: { conditions: ['@amop/source', 'node', 'import', 'default'] } },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: [new URL('./fail-on-console.mjs', import.meta.url).pathname],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    passWithNoTests: false,
  },
});
