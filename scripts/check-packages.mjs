// Packs every public package, checks the tarballs' shape with publint and attw, installs all of them in an empty
// folder outside the monorepo, and uses each one there. Then the client alone, on each supported major of Node.js.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkClientOnNodes } from './client-on-nodes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = ['packages/*', 'apps/*'].flatMap((pattern) => {
  const parent = pattern.slice(0, -2);
  return readdirSync(join(root, parent)).map((name) => join(root, parent, name));
});
const packages = folders
  .map((folder) => ({
    folder,
    manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  }))
  .filter(({ manifest }) => !manifest.private);

const work = mkdtempSync(join(tmpdir(), 'amop-packages-'));
const tarballs = join(work, 'tarballs');
mkdirSync(tarballs);

function run(command, args, cwd) {
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function pnpm(args, cwd) {
  return run(process.execPath, [join(root, 'scripts/bootstrap.mjs'), '-C', cwd, ...args], root);
}

try {
  pnpm(['exec', 'turbo', 'run', 'build'], root);
  const overrides = {};
  const packed = new Map();
  for (const { folder, manifest } of packages) {
    pnpm(['pack', '--pack-destination', tarballs], folder);
    const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
    packed.set(manifest.name, join(tarballs, file));
    overrides[manifest.name] = `file:${join(tarballs, file)}`;
    run(join(root, 'node_modules/.bin/publint'), ['--strict', join(tarballs, file)], root);
    if (manifest.exports) {
      run(
        join(root, 'node_modules/.bin/attw'),
        [join(tarballs, file), '--profile', 'esm-only'],
        root,
      );
    }
    console.log(`${manifest.name}: packed, publint and attw are clean`);
  }

  const consumer = join(work, 'consumer');
  mkdirSync(consumer);
  const manifest = {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: overrides,
    overrides,
  };
  writeFileSync(join(consumer, 'package.json'), JSON.stringify(manifest));
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], consumer);
  const use = readFileSync(new URL('package-consumer.mjs', import.meta.url), 'utf8');
  writeFileSync(join(consumer, 'use.mjs'), use);
  process.stdout.write(run(process.execPath, ['use.mjs'], consumer));

  const missing = await checkClientOnNodes({ tarballs: packed, work: join(work, 'nodes') });
  for (const { major, reason } of missing) {
    console.error(
      `@amop/client: NOT CHECKED on Node ${major}, which could not be installed: ${reason}`,
    );
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
