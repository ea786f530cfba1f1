import shared from '@amop/vitest-config';
import { mergeConfig } from 'vitest/config';
import { MatrixReporter } from './src/matrix-reporter.ts';

export default mergeConfig(shared, {
  test: {
    globalSetup: ['src/setup.ts'],
    reporters: [['default', { summary: false }], new MatrixReporter()],
    // One file mostly waits.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
