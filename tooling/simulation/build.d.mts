/** What is built, by name. */
export const ENTRIES: Record<string, string>;
/** Writes `<name>.mjs` for each entry; paths are absolute, entries are below `root`. */
export function bundle(options: {
  root: string;
  outDir: string;
  entries: Record<string, string>;
}): Promise<void>;
