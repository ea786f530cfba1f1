import { expect, expectTypeOf, test } from 'vitest';
import {
  CRYPTO_ERROR_SUMMARIES,
  CryptoError,
  type CryptoErrorCode,
  type CryptoErrorDetails,
} from '../src/index.ts';

test('an error carries code, details and cause', () => {
  const cause = new Error('below');
  const details = { reason: 'there is no certificate in it' };
  const error = new CryptoError('AMOP_CRYPTO_INVALID_PEM', 'No certificate.', details, { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'CryptoError',
    code: 'AMOP_CRYPTO_INVALID_PEM',
    message: 'No certificate.',
    details,
    cause,
  });
});

test('the type of the details follows from the code', () => {
  const error = new CryptoError('AMOP_CRYPTO_INVALID_NODE_ID', 'No id.', { length: 3 });
  expectTypeOf(error.code).toEqualTypeOf<'AMOP_CRYPTO_INVALID_NODE_ID'>();
  expectTypeOf(error.details).toEqualTypeOf<{ readonly length: number }>();
  expect(error.details.length).toBe(3);
});

test('every code belongs to this package and is described', () => {
  const codes = Object.keys(CRYPTO_ERROR_SUMMARIES);
  expect(new Set(codes).size).toBe(12);
  for (const code of codes) expect(code).toMatch(/^AMOP_CRYPTO_[A-Z]+(_[A-Z]+)*$/);
  expectTypeOf<keyof CryptoErrorDetails>().toEqualTypeOf<CryptoErrorCode>();
});
