import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Path of the script behind `amopd` or `amop`: the built program, as a user runs it. */
export function commandFile(name: 'amop' | 'amopd'): string {
  const manifest = createRequire(import.meta.url).resolve('@amop/daemon/package.json');
  return join(dirname(manifest), 'bin', `${name}.js`);
}
