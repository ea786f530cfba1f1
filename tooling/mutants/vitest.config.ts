import base from '@amop/vitest-config';
import { mergeConfig } from 'vitest/config';

// The tools are plain JavaScript, and so are their tests.
export default mergeConfig(base, { test: { include: ['test/**/*.test.mjs'] } });
