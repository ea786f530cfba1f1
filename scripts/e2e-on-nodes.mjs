// Runs some of the end-to-end tests, with two amopd each, on the majors of Node.js that are supported and not running.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MAJORS, nodeOf } from './node-majors.mjs';

const e2e = fileURLToPath(new URL('../e2e', import.meta.url));
const TESTS = ['client', 'answers-of-all-sizes', 'file-transfer', 'private-client'];

const work = mkdtempSync(join(tmpdir(), 'amop-e2e-on-nodes-'));
try {
  for (const major of MAJORS) {
    if (process.versions.node.startsWith(`${major}.`)) continue;
    const { path, reason } = await nodeOf(major, join(work, `node${major}`));
    if (path === undefined) {
      console.log(`not tried on Node ${major}: ${reason}`);
      continue;
    }
    console.log(`on Node ${major}:`);
    const vitest = join(e2e, 'node_modules/vitest/vitest.mjs');
    const files = TESTS.map((name) => `test/${name}.test.ts`);
    const env = { ...process.env, PATH: `${path}:${process.env.PATH}` };
    const options = { cwd: e2e, env, stdio: 'inherit' };
    const child = spawn(join(path, 'node'), [vitest, 'run', ...files], options);
    const [code] = await once(child, 'exit');
    if (code !== 0) process.exitCode = 1;
  }
} finally {
  rmSync(work, { recursive: true });
}
