/** Bits of a file's mode that let group or others read or write it. */
const OPEN_BITS = 0o066;

/** Whether more than its owner may read or write a file of that mode. Windows has no such bits: never there. */
export function isOpenToOthers(mode: number): boolean {
  return process.platform !== 'win32' && (mode & OPEN_BITS) !== 0;
}

/** The mode of a file as `chmod` takes it: `644`. */
export function formatMode(mode: number): string {
  return (mode & 0o777).toString(8).padStart(3, '0');
}
