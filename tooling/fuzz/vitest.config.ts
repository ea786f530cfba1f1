export { default } from '@amop/vitest-config';
