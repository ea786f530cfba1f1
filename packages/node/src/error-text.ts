/** Code and message of an error, without its stack: what others can cause is logged in one line. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? `${error.code}: ${error.message}` : error.message;
}
