import { expect, expectTypeOf, test } from 'vitest';
import { isPortsError, PortsError } from '../src/index.ts';

const details = { host: 'h', port: 1, reason: 'reset', retryable: true } as const;

test('an error carries code, details and cause', () => {
  const cause = new Error('why');
  const error = new PortsError('AMOP_PORTS_CONNECTION_LOST', 'It broke.', details, { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'PortsError',
    code: 'AMOP_PORTS_CONNECTION_LOST',
    message: 'It broke.',
    details,
  });
  expect(error.cause).toBe(cause);
});

test('is recognised by its mark, also one of another copy of the package', () => {
  const error = new PortsError('AMOP_PORTS_CONNECTION_LOST', 'It broke.', details);
  expect(isPortsError(error)).toBe(true);
  expect(isPortsError(error, 'AMOP_PORTS_CONNECTION_LOST')).toBe(true);
  expect(isPortsError(error, 'AMOP_PORTS_ABORTED')).toBe(false);
  const foreign = Object.assign(new Error('x'), {
    code: 'AMOP_PORTS_ABORTED',
    [Symbol.for('@amop/ports/PortsError')]: true,
  });
  expect(isPortsError(foreign, 'AMOP_PORTS_ABORTED')).toBe(true);
  for (const other of [new Error('x'), { code: 'AMOP_PORTS_ABORTED' }, undefined, null, 'text']) {
    expect(isPortsError(other)).toBe(false);
  }
});

test('the code types the details', () => {
  const error: unknown = new PortsError('AMOP_PORTS_CONNECTION_LOST', 'It broke.', details);
  if (isPortsError(error, 'AMOP_PORTS_TLS_REFUSED_BY_PEER')) {
    expectTypeOf(error.details.alert).toEqualTypeOf<string>();
    expectTypeOf(error.details.retryable).toEqualTypeOf<false>();
  }
  if (isPortsError(error)) expectTypeOf(error.details.retryable).toEqualTypeOf<boolean>();
  expect(isPortsError(error)).toBe(true);
});
