// Every major of Node.js that is supported.
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Arguments of `npm install` that leave its errors only. */
export const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

export const MAJORS = [20, 22, 24];

/**
 * The folder of a `node` of that major: the running one, or one that npm fetches into `home`.
 *
 * @returns `path`, or the `reason` why there is none
 */
export async function nodeOf(major, home) {
  const path = join(home, 'bin');
  mkdirSync(path, { recursive: true });
  if (process.versions.node.startsWith(`${major}.`)) {
    symlinkSync(process.execPath, join(path, 'node'));
    return { path };
  }
  const name = `node-${process.platform}-${process.arch}`;
  try {
    const spec = `${name}@${major}`;
    await run('npm', ['install', '--ignore-scripts', '--prefix', home, ...QUIET, spec], {
      cwd: home,
    });
    const file = join(home, 'node_modules', name, 'bin', 'node');
    await run(file, ['--version']);
    symlinkSync(file, join(path, 'node'));
    return { path };
  } catch (error) {
    return { reason: `${name}@${major}: ${String(error.stderr || error.message).trim()}` };
  }
}
