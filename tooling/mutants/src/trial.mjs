// One run of the tests that name a defect, with or without a mutant. Forked by run.mjs.
//
// The mutant is put in place while vitest loads the source: no file is ever written.
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

/** @typedef {import('./mutants.mjs').Mutant} Mutant */

const repository = fileURLToPath(new URL('../../..', import.meta.url));
/** @type {{ packageName: string, pattern: string, mutant?: Mutant }} */
const { mutant, packageName, pattern } = JSON.parse(process.argv[2] ?? '{}');
const root = join(repository, 'packages', packageName);
/** @type {{ passed: string[], failed: string[], broken: string[], loaded: boolean }} */
const outcome = { passed: [], failed: [], broken: [], loaded: false };

/** A vite plugin that changes one line of one file on its way to the tests. */
function mutation({ file, find, replace }) {
  const target = realpathSync(join(repository, file)).replaceAll('\\', '/');
  return {
    name: 'mutant',
    enforce: 'pre',
    transform(code, id) {
      if (id !== target) return undefined;
      outcome.loaded = true;
      return { code: code.replace(find, () => replace), map: null };
    },
  };
}

/** Test files that name such a defect: the others need not be loaded. */
function filesThatMatch(title) {
  const tests = join(root, 'test');
  return readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(tests, name))
    .filter((path) => title.test(readFileSync(path, 'utf8')));
}

const reporter = {
  onTestRunEnd(modules, unhandled) {
    for (const module of modules) {
      for (const { message } of module.errors()) outcome.broken.push(message);
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed' || state === 'failed') outcome[state].push(test.fullName);
      }
    }
    for (const { message } of unhandled) outcome.broken.push(message);
  },
};

const vitest = await startVitest(
  'test',
  filesThatMatch(new RegExp(pattern)),
  // Threads end with this process, however it ends; forks of a mutant that never ends would stay.
  { root, watch: false, pool: 'threads', testNamePattern: pattern, reporters: [reporter] },
  mutant === undefined ? {} : { plugins: [mutation(mutant)] },
);
await vitest.close();
process.send?.(outcome, () => process.exit(0));
