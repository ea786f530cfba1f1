// Do nodes and clients hold on to anything? Mixed load for minutes, and a slope test on what they use.
//
//   pnpm soak --minutes 15 [--rate 1] [--json FILE]
//   pnpm soak --minutes 4 --leak requests      must fail: a build with a leak in it
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { commandFile } from './nodes.mjs';
import { leakNames, makeLeakyBuild } from './soak/leaky-build.mjs';
import { isSound, progressLine, reportLines } from './soak/report.mjs';
import { soak } from './soak/run.mjs';

const PROGRESS_MS = 30_000;
/** In less time compiled code and caches grow more than a leak. */
const MIN_MINUTES = 4;

/** Processes that wanted to run, at most: figures of a busy machine tell less. */
let highestLoad = 0;

const options = readOptions();
if (process.platform !== 'linux') {
  console.error('soak: needs Linux: it counts file descriptors in /proc');
  process.exit(2);
}
const build = options.leak === undefined ? undefined : makeLeakyBuild(options.leak);
if (build !== undefined) process.once('exit', build.remove);
const startedAt = new Date().toISOString();
const command = build?.command ?? commandFile('amopd');
const outcome = await soak({ ...options, command, onSample: progress() });
for (const line of reportLines(outcome)) console.log(line);
const passed = isSound(outcome);
console.log(`highest load average ${highestLoad.toFixed(1)} on ${cpus().length} cores`);
console.log(passed ? 'passed' : 'FAILED');
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(asJson())}\n`);
process.exit(passed ? 0 : 1);

function readOptions() {
  try {
    const { values } = parseArgs({
      // pnpm hands a `--` on.
      args: process.argv.slice(2).filter((word) => word !== '--'),
      options: {
        minutes: { type: 'string', default: '15' },
        rate: { type: 'string', default: '1' },
        json: { type: 'string' },
        leak: { type: 'string' },
      },
    });
    const [minutes, rate] = [Number(values.minutes), Number(values.rate)];
    if (!(minutes >= MIN_MINUTES)) throw new Error(`--minutes: at least ${MIN_MINUTES}`);
    if (!(rate > 0)) throw new Error('--rate: a number above 0');
    if (values.leak !== undefined && !leakNames.includes(values.leak)) {
      throw new Error(`--leak: one of ${leakNames.join(', ')}`);
    }
    return { ...values, minutes, rate };
  } catch (error) {
    console.error(`soak: ${error.message}`);
    process.exit(2);
  }
}

/** A line every 30 s; on a terminal the line before makes room for it at each sample. */
function progress() {
  let nextMs = PROGRESS_MS;
  const { stderr } = process;
  return (state) => {
    highestLoad = Math.max(highestLoad, loadavg()[0]);
    const isDue = state.atMs >= nextMs;
    if (isDue) nextMs += PROGRESS_MS;
    if (stderr.isTTY) stderr.write(`\r\u001b[K${progressLine(state)}${isDue ? '\n' : ''}`);
    else if (isDue) stderr.write(`${progressLine(state)}\n`);
  };
}

function asJson() {
  const { checks, faults, rows, samples } = outcome;
  const [{ model }] = cpus();
  const machine = { node: process.version, cpu: model, cores: cpus().length, bytes: totalmem() };
  return {
    startedAt,
    ...machine,
    minutes: options.minutes,
    rate: options.rate,
    leak: options.leak,
    highestLoad,
    passed,
    rows,
    checks,
    done: faults.done(),
    leftOut: faults.leftOut(),
    explained: faults.explained(),
    faults: faults.unexplained(),
    unnamedFaults: faults.unnamed,
    samples,
  };
}
