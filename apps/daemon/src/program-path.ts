import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Terminal } from './terminal.ts';

/** How to call a program of this package from the terminal's folder: by its local path if it has one there. */
export function programPath(name: 'amop' | 'amopd', terminal: Pick<Terminal, 'cwd'>): string {
  const local = join('node_modules', '.bin', name);
  return existsSync(join(terminal.cwd, local)) ? local : name;
}
