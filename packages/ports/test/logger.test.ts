import { collectingLogger } from '@amop/testkit';
import { expect, test } from 'vitest';
import { type Logger, silentLogger } from '../src/index.ts';

function logOnEachLevel(logger: Logger): void {
  logger.debug({ seq: 1 }, 'a');
  logger.info({ seq: 2 }, 'b');
  logger.warn({ seq: 3 }, 'c');
  logger.error({ seq: 4 }, 'd');
}

test('the silent logger takes every level and prints nothing', () => {
  // The set-up of the tests fails whoever prints.
  expect(() => logOnEachLevel(silentLogger)).not.toThrow();
});

test('the methods need no object to be called on', () => {
  const { info } = collectingLogger();
  expect(() => info({}, 'x')).not.toThrow();
});

test('the collecting logger keeps level, details and message', () => {
  const logger = collectingLogger();
  logOnEachLevel(logger);
  expect(logger.entries).toEqual([
    { level: 'debug', details: { seq: 1 }, message: 'a' },
    { level: 'info', details: { seq: 2 }, message: 'b' },
    { level: 'warn', details: { seq: 3 }, message: 'c' },
    { level: 'error', details: { seq: 4 }, message: 'd' },
  ]);
});
