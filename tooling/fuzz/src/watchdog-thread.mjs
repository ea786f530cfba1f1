import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { input, maxMs, name } = workerData;
const state = new Int32Array(workerData.state);
const STDERR = 2;

let seen = 0;
setInterval(() => {
  const count = Atomics.load(state, 0);
  if (count !== seen || count === 0) {
    seen = count;
    return;
  }
  const hex = Buffer.from(new Uint8Array(input, 0, Atomics.load(state, 1))).toString('hex');
  writeSync(STDERR, `\n${name} hangs\n  pnpm fuzz --target ${name} --input ${hex}\n`);
  process.kill(process.pid, 'SIGKILL');
}, maxMs);
