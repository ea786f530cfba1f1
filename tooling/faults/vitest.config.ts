import shared from '@amop/vitest-config';

export default { ...shared, test: { ...shared.test, include: ['test/**/*.test.mjs'] } };
