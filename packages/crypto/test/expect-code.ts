import { expect } from 'vitest';
import { CryptoError, type CryptoErrorCode, type CryptoErrorDetails } from '../src/index.ts';

/** Runs `action`, expects a CryptoError of that code and gives back its details. */
export function expectCode<Code extends CryptoErrorCode>(
  code: Code,
  action: () => unknown,
): CryptoErrorDetails[Code] {
  let thrown: unknown;
  try {
    action();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(CryptoError);
  expect(thrown).toMatchObject({ name: 'CryptoError', code });
  // The line above has just checked the code that decides the details.
  return (thrown as CryptoError<Code>).details;
}
