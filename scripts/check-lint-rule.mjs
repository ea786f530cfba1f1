// The rule that keeps time, randomness and scheduling behind the ports must bite: shows Biome what is forbidden.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const FORBIDDEN = [
  'Date.now()',
  'new Date()',
  'performance.now()',
  'setTimeout(use, 5)',
  'setInterval(use, 5)',
  'setImmediate(use)',
  'queueMicrotask(use)',
  'process.nextTick(use)',
  'AbortSignal.timeout(5)',
  'Math.random()',
  'crypto.randomUUID()',
  'randomBytes(8)',
];

/** Lines of a file at `path`, one forbidden use each, that the rule complains about. */
function complaints(path) {
  const file = new URL(`../${path}`, import.meta.url);
  const lines = FORBIDDEN.map((use, index) => `export const use${index}: unknown = ${use};`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  try {
    const args = ['exec', 'biome', 'lint', '--reporter=json', path];
    const run = spawnSync(process.execPath, ['scripts/bootstrap.mjs', ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    const { diagnostics } = JSON.parse(run.stdout.slice(run.stdout.indexOf('{')));
    const found = diagnostics.filter(({ message }) => message.includes('come through the ports'));
    return new Set(found.map(({ location }) => location.start.line));
  } finally {
    rmSync(file);
  }
}

const caught = complaints('packages/router/src/lint-probe.ts');
const missed = FORBIDDEN.filter((_, index) => !caught.has(index + 1));
for (const use of missed) console.error(`the lint rule lets ${use} through`);
const atHome = complaints('packages/ports/src/system/lint-probe.ts').size;
if (atHome > 0) console.error('the lint rule complains about the ports themselves');
if (missed.length + atHome > 0) process.exit(1);
console.log(`the lint rule catches ${FORBIDDEN.length} ways around the ports`);
