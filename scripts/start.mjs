// Builds what the demo needs and runs it: `npm start`.
import './require-node.mjs';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const demo = new URL('../apps/demo/dist/main.js', import.meta.url);

const started = performance.now();
console.log('Building (the first time takes a while) ...');
const build = await run([
  fileURLToPath(new URL('bootstrap.mjs', import.meta.url)),
  ...['exec', 'turbo', 'run', 'build', '--filter=@amop/demo...'],
]);
if (build.code !== 0) {
  process.stderr.write(build.output);
  console.error('The build failed; the lines above tell why.');
  process.exit(1);
}
console.log(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
await import(demo.href);

/** Runs a script with this Node.js, keeps its output, and passes signals on. */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    child.on('close', (code, signal) => {
      for (const name of signals) process.off(name, forward);
      if (signal !== null || code === 130) process.exit(130);
      resolve({ code, output });
    });
  });
}
