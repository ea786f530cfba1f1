// Puts known defects into a copy of the sources, one at a time, and lets the simulation look for them.
//
//   node tooling/simulation/defects.mjs                    all of defects/, at most 10 000 seeds each
//   node tooling/simulation/defects.mjs --seeds 500 D-14   some of them, by the beginning of their names
//   node tooling/simulation/defects.mjs --report D-14      with the shrunk trace of the first failing seed
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { applyPatch, parsePatch } from 'diff';
import { bundle, ENTRIES } from './build.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const repository = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(here, 'defects');
const SKIPPED = new Set(['node_modules', 'dist', 'test', 'bench', 'fuzz']);

/** The patch files of `defects/`, with the sentence at their beginning. */
export function defects() {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.patch'))
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return { name: file.slice(0, -'.patch'.length), what: text.split('\n', 1)[0], text };
    });
}

/**
 * What the files of the repository become by a patch.
 *
 * @returns {{ path: string, content: string }[]}
 * @throws Error when a part of it does not apply any more
 */
export function patched({ name, text }) {
  const files = parsePatch(text.slice(text.indexOf('diff --git')));
  return files.map((file) => {
    const path = file.newFileName.replace(/^b\//, '');
    const content = applyPatch(readFileSync(join(repository, path), 'utf8'), file, {
      fuzzFactor: 0,
    });
    if (content === false) throw new Error(`${name} does not apply to ${path} any more`);
    return { path, content };
  });
}

/** Copies the sources, with the files replaced, and builds the simulation from them; gives its folder. */
async function buildCopy(files) {
  const copy = mkdtempSync(join(tmpdir(), 'amop-defect-'));
  for (const part of ['packages', 'tooling/testkit', 'tooling/simulation']) {
    cpSync(join(repository, part), join(copy, part), {
      recursive: true,
      filter: (path) => !SKIPPED.has(path.split('/').at(-1)),
    });
  }
  for (const { content, path } of files) writeFileSync(join(copy, path), content);
  linkModules(copy);
  const outDir = join(copy, 'tooling/simulation/dist');
  await bundle({ root: join(copy, 'tooling/simulation'), outDir, entries: ENTRIES });
  return copy;
}

/** Gives each package of the copy the modules of the original, but for packages of this repository. */
function linkModules(copy) {
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
  for (const group of ['packages', 'tooling']) {
    for (const name of readdirSync(join(copy, group))) {
      const from = join(repository, group, name, 'node_modules');
      cpSync(from, join(copy, group, name, 'node_modules'), {
        recursive: true,
        verbatimSymlinks: true,
      });
    }
  }
}

function simulate(copy, args) {
  const command = [join(copy, 'tooling/simulation/dist/main.mjs'), ...args];
  return spawnSync(process.execPath, command, { encoding: 'utf8', maxBuffer: 1 << 28 });
}

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '10000' },
      from: { type: 'string', default: '1' },
      report: { type: 'boolean', default: false },
    },
  });
  const chosen = defects().filter(
    ({ name }) => positionals.length === 0 || positionals.some((each) => name.startsWith(each)),
  );
  let missed = 0;
  for (const defect of chosen) {
    const copy = await buildCopy(patched(defect));
    try {
      const { from, seeds } = values;
      const run = simulate(copy, ['--seeds', seeds, '--from', from, '--until-failure', '--json']);
      const { events, failures, ms, seeds: ran } = JSON.parse(run.stdout);
      const [first] = failures;
      if (first === undefined) missed += 1;
      const found =
        first === undefined ? 'NOT FOUND' : `seed ${first.seed}: ${first.violation.rule}`;
      const seconds = (ms / 1_000).toFixed(1);
      process.stdout.write(
        `${defect.name.padEnd(30)} ${found.padEnd(34)} ${ran} seeds, ${events} events, ${seconds} s\n`,
      );
      if (values.report && first !== undefined) {
        process.stdout.write(simulate(copy, ['--seed', String(first.seed)]).stdout);
      }
    } finally {
      rmSync(copy, { recursive: true });
    }
  }
  return missed > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main();
