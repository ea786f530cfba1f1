// Does a test that names a defect of the original notice when that defect comes back?
//
//   node tooling/mutants/src/run.mjs              every mutant of mutants.mjs
//   node tooling/mutants/src/run.mjs D-14 D-30    those of some defects
//
// Prints a line for each mutant and exits 1 when one survives or does not apply any more.
import { fork } from 'node:child_process';
import { mutants } from './mutants.mjs';
import { obstacle } from './obstacle.mjs';

/** @typedef {import('./mutants.mjs').Mutant} Mutant */
/** @typedef {{ passed: string[], failed: string[], broken: string[], loaded: boolean }} Outcome */

const trial = new URL('./trial.mjs', import.meta.url);
/** Longest time of one trial; a mutant that runs for ever is not a mutant that a test noticed. */
const TRIAL_MS = 120_000;

/** @returns {Promise<Outcome>} */
function tryOut(packageName, pattern, mutant) {
  return new Promise((resolve) => {
    const job = JSON.stringify({ packageName, pattern, mutant });
    const child = fork(trial, [job], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let outcome;
    let complaint = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), TRIAL_MS);
    child.on('message', (message) => {
      outcome = message;
    });
    child.stderr?.on('data', (text) => {
      complaint += text;
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const broken = [`the tests did not end: ${signal ?? code} ${complaint}`.trim()];
      resolve(outcome ?? { passed: [], failed: [], broken, loaded: false });
    });
  });
}

function firstLine(text) {
  return text.split('\n', 1)[0];
}

/**
 * Whether a test that names the defect fails, and which.
 *
 * @returns {Promise<{ ok: boolean, text: string }>}
 */
async function judge(mutant) {
  const reason = obstacle(mutant);
  if (reason !== undefined) return { ok: false, text: `DOES NOT APPLY: ${reason}` };
  const { broken, failed, loaded } = await tryOut(mutant.package, mutant.defect, mutant);
  const [first, ...more] = failed;
  if (first !== undefined) {
    return { ok: true, text: more.length > 0 ? `${first} (+${more.length})` : first };
  }
  if (broken.length > 0) return { ok: false, text: `BROKEN: ${firstLine(broken[0])}` };
  return { ok: false, text: loaded ? 'SURVIVES' : 'SURVIVES: no such test loads the file' };
}

const wanted = process.argv.slice(2);
const chosen = mutants.filter(({ defect }) => wanted.length === 0 || wanted.includes(defect));
const unknown = wanted.filter((defect) => !chosen.some((mutant) => mutant.defect === defect));
if (unknown.length > 0) {
  process.stderr.write(`no mutant for ${unknown.join(', ')}\n`);
  process.exit(2);
}

let faults = 0;
for (const packageName of new Set(chosen.map((mutant) => mutant.package))) {
  const inPackage = chosen.filter((mutant) => mutant.package === packageName);
  const pattern = [...new Set(inPackage.map(({ defect }) => defect))].join('|');
  const { broken, failed, passed } = await tryOut(packageName, pattern, undefined);
  const bad = [...broken, ...failed];
  process.stdout.write(`${packageName}: ${passed.length} tests, ${bad.length} fail unmutated\n`);
  for (const each of bad) process.stdout.write(`  ${firstLine(each)}\n`);
  faults += bad.length;
}
const width = Math.max(...chosen.map(({ restores }) => restores.length));
for (const mutant of chosen) {
  const { ok, text } = await judge(mutant);
  if (!ok) faults += 1;
  process.stdout.write(`${mutant.defect}  ${mutant.restores.padEnd(width)}  ${text}\n`);
}
const defects = new Set(chosen.map(({ defect }) => defect));
process.stdout.write(`${chosen.length} mutants of ${defects.size} defects, ${faults} to look at\n`);
process.exit(faults > 0 ? 1 : 0);
