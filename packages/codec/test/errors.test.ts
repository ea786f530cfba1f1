import { describe, expect, test } from 'vitest';
import { CodecError } from '../src/errors.ts';
import { codecErrorOf } from './codec-error.ts';
import { WAYS } from './error-ways.ts';

describe.each(Object.entries(WAYS))('%s', (code, provoke) => {
  test('has its code, a sentence and details that survive JSON', () => {
    const error = codecErrorOf(provoke);
    expect(error).toBeInstanceOf(CodecError);
    expect(error.name).toBe('CodecError');
    expect(error.code).toBe(code);
    expect(error.message.length).toBeGreaterThan(10);
    expect(JSON.parse(JSON.stringify(error.details))).toEqual(error.details);
  });
});
