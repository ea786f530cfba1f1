import { isDeepStrictEqual } from 'node:util';

/**
 * What `action` gives; undefined when it throws an error with one of these codes. Any other error passes through.
 *
 * @param prefix what a code of the package begins with, such as `AMOP_CODEC_`
 */
export function onlyErrors<Value>(prefix: string, action: () => Value): Value | undefined {
  try {
    return action();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (typeof code !== 'string' || !code.startsWith(prefix)) throw error;
    return undefined;
  }
}

/** Throws unless the two are the same in depth; much quicker than `expect` where millions are compared. */
export function expectSame(actual: unknown, expected: unknown, what = 'the two'): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${what} differ: ${show(actual)} is not ${show(expected)}`);
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Uint8Array ? `bytes ${[...part].join(' ')}` : part,
  );
  return (text ?? String(value)).slice(0, 300);
}
