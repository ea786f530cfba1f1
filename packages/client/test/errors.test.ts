import { expect, test } from 'vitest';
import { AnswerError, CLIENT_ERROR_SUMMARIES, ClientError } from '../src/index.ts';

test('an error carries code, details with safe defaults, and cause', () => {
  const cause = new Error('below');
  const error = new ClientError('AMOP_CLIENT_TIMEOUT', 'late', { topic: 't' }, { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe('ClientError');
  expect(error.details).toEqual({ retryable: false, maybeDelivered: 'no', topic: 't' });
  expect(error.cause).toBe(cause);
  expect(JSON.parse(JSON.stringify(error.details))).toEqual(error.details);
});

test('an answer error says whether to try again', () => {
  expect(new AnswerError('no').retryable).toBe(false);
  expect(new AnswerError('busy', { retryable: true }).retryable).toBe(true);
});

test('every code has a line on it', () => {
  for (const [code, summary] of Object.entries(CLIENT_ERROR_SUMMARIES)) {
    expect(code).toMatch(/^AMOP_CLIENT_[A-Z_]+$/);
    expect(summary.length).toBeGreaterThan(10);
  }
});
