/** An error as Node gives it when the system refuses something: `code` is that of POSIX. */
export function posixError(code: string, path: string): Error & { readonly code: string } {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
