// Runs pnpm with the version that package.json names, on a machine that may not have pnpm.
//
//   node scripts/bootstrap.mjs install --frozen-lockfile
//   node scripts/bootstrap.mjs exec turbo run build
import './require-node.mjs';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const { packageManager } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const version = packageManager.split('@')[1];
const windows = process.platform === 'win32';

const installed = spawnSync('pnpm', ['--version'], { encoding: 'utf8', shell: windows });
const sameMajor =
  installed.status === 0 && installed.stdout.trim().split('.')[0] === version.split('.')[0];

const args = process.argv.slice(2);
const [command, commandArgs] = sameMajor
  ? ['pnpm', args]
  : ['npx', ['--yes', `--package=pnpm@${version}`, '--', 'pnpm', ...args]];

const child = spawn(command, commandArgs, {
  cwd: root,
  stdio: 'inherit',
  shell: windows,
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 130 : (code ?? 1)));
child.on('error', (error) => {
  console.error(`cannot run ${command}: ${error.message}`);
  process.exit(1);
});
