// Installs the client's tarball and its siblings with npm into an empty folder and runs the example of the client's
// README there, on every major of Node.js that is supported, against an amopd of this checkout.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MAJORS, nodeOf, QUIET } from './node-majors.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'apps/daemon/bin', name);
const run = promisify(execFile);

/** Kinds of certificates: they take different ways through TLS, and through Node.js. */
const PROFILES = ['secp256k1', 'p256', 'rsa'];
const EXPECTED = 'ACME costs 42\ntrading begins\n';

/**
 * @param tarballs packed package by name
 * @param work an empty folder; the caller removes it
 * @returns majors on which nothing could be checked, with the reason
 */
export async function checkClientOnNodes({ tarballs, work }) {
  mkdirSync(work);
  const nodes = [];
  try {
    for (const profile of PROFILES) nodes.push(await startNode(join(work, profile), profile));
    const results = await Promise.all(MAJORS.map((major) => checkOn(major)));
    return results.filter((missing) => missing !== undefined);
  } finally {
    for (const { child } of nodes) child.kill();
  }

  async function checkOn(major) {
    const home = join(work, `node${major}`);
    const { path, reason } = await nodeOf(major, home);
    if (path === undefined) return { major, reason };
    // npm, and all that it starts, run on the Node.js that comes first.
    const env = { ...process.env, PATH: `${path}:${process.env.PATH}` };
    const consumer = join(home, 'consumer');
    mkdirSync(consumer, { recursive: true });
    writeFileSync(join(consumer, 'package.json'), '{ "private": true, "type": "module" }');
    const files = withSiblings('@amop/client').map((name) => tarballs.get(name));
    await run('npm', ['install', '--engine-strict', ...QUIET, ...files], { cwd: consumer, env });
    for (const { profile, port, sdk } of nodes) {
      const folder = join(consumer, profile);
      mkdirSync(folder);
      cpSync(sdk, join(folder, 'sdk'), { recursive: true });
      writeFileSync(join(folder, 'use.mjs'), example(port));
      const { stdout } = await run('node', ['use.mjs'], { cwd: folder, env, timeout: 30_000 });
      if (stdout !== EXPECTED) {
        throw new Error(`@amop/client on Node ${major}, ${profile}: unexpected\n${stdout}`);
      }
    }
    const { stdout: version } = await run('node', ['--version'], { env });
    console.log(
      `@amop/client: its example works on Node ${version.trim()} (${PROFILES.join(', ')})`,
    );
    return undefined;
  }
}

/** A package and those of this repository that it needs. */
function withSiblings(name, found = new Set()) {
  found.add(name);
  const manifest = join(root, 'packages', name.replace('@amop/', ''), 'package.json');
  const { dependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8'));
  for (const needed of Object.keys(dependencies)) {
    if (needed.startsWith('@amop/') && !found.has(needed)) withSiblings(needed, found);
  }
  return [...found];
}

/** The example of the README as it stands there, but for the port. */
function example(port) {
  const readme = readFileSync(join(root, 'packages/client/README.md'), 'utf8');
  const [, text = ''] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
  if (!text.includes("'127.0.0.1:20200'") || !text.includes("'./sdk'")) {
    throw new Error('the first example of packages/client/README.md is another one than expected');
  }
  return text.replace('127.0.0.1:20200', `127.0.0.1:${port}`);
}

async function startNode(out, profile) {
  const [port, p2pPort] = await freePorts();
  const ports = ['--channel-port', String(port), '--p2p-port', String(p2pPort)];
  const network = ['--agency', 'bank', '--profile', profile, '--out', out];
  await run(process.execPath, [bin('amop.js'), 'certs', ...network, ...ports]);
  const config = join(out, 'bank/node0/config.ini');
  const child = spawn(process.execPath, [bin('amopd.js'), '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.includes('"msg":"ready"')) return true;
    }
    return false;
  })();
  if (!(await ready)) throw new Error(`amopd with ${profile} certificates did not start`);
  child.stdout.resume();
  return { child, port, profile, sdk: join(out, 'bank/sdk') };
}

async function freePorts() {
  const servers = [createServer(), createServer()];
  const ports = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push(server.address().port);
  }
  for (const server of servers) server.close();
  return ports;
}
