import { CodecError, type CodecErrorCode } from '../src/errors.ts';

/** The CodecError that `action` throws; anything else, or nothing, fails the test. */
export function codecErrorOf(action: () => unknown): CodecError {
  try {
    action();
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw new Error('threw something else than a CodecError', { cause: error });
  }
  throw new Error('did not throw');
}

/** The code of the CodecError that `action` throws; undefined if it returns. */
export function codeOf(action: () => unknown): CodecErrorCode | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof CodecError) return error.code;
    throw new Error('threw something else than a CodecError', { cause: error });
  }
}
