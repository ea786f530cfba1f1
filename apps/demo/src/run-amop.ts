import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { programScript, ROOT } from './places.ts';

const run = promisify(execFile);

/**
 * Runs `amop` to its end, in the root of the repository.
 *
 * @throws Error with one line on what is in the way
 */
export async function runAmop(args: readonly string[]): Promise<void> {
  const all = [programScript('amop'), ...args];
  try {
    await run(process.execPath, all, { cwd: ROOT });
  } catch (cause) {
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
    throw new Error(stderr || `cannot run ${all.join(' ')}`, { cause });
  }
}
