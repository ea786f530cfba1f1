// Copies of the built daemon with a leak in them: what the soak must find.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
/** Sources and tests are not needed to run. */
const LEFT_OUT = new Set(['src', 'test', 'bench', 'fuzz']);

/** What is never removed, the file, and the line that would remove it; it is taken out wherever it stands. */
const LEAKS = {
  requests: {
    file: 'packages/router/dist/unicast.js',
    line: 'attempt.endpoint.pending.delete(attempt.key);',
  },
  sessions: {
    file: 'packages/node/dist/session/channel-port.js',
    line: 'this.#sessions.delete(session);',
  },
  topics: {
    file: 'packages/router/dist/route-table.js',
    line: 'this.#topics.delete(topic);',
  },
  parties: {
    file: 'packages/node/dist/sight/party.js',
    line: 'this.#parties.delete(id);',
  },
};

export const leakNames = Object.keys(LEAKS);

/**
 * @param {string} name  one of `leakNames`
 * @returns {{ command: string, remove: () => void }}  the script of the leaky amopd
 * @throws Error when the line is not in the build
 */
export function makeLeakyBuild(name) {
  const folder = mkdtempSync(join(tmpdir(), 'amop-leaky-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // Links between packages are relative, so that those of the copy lead to the copy.
  for (const part of ['packages', 'apps/daemon']) {
    mkdirSync(join(folder, part), { recursive: true });
    cpSync(join(ROOT, part), join(folder, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !LEFT_OUT.has(basename(path)),
    });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const { file, line } = LEAKS[name];
  const text = readFileSync(join(folder, file), 'utf8');
  if (!text.includes(line)) {
    remove();
    throw new Error(`${file} has no line ${line}`);
  }
  writeFileSync(join(folder, file), text.replaceAll(line, ';'));
  return { command: join(folder, 'apps/daemon/bin/amopd.js'), remove };
}
