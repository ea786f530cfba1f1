import { readFileSync } from 'node:fs';

const repository = new URL('../../..', import.meta.url);

/**
 * Why a mutant cannot be tried; undefined when it can.
 *
 * @param {import('./mutants.mjs').Mutant} mutant
 * @returns {string | undefined}
 */
export function obstacle({ file, find, replace }) {
  if (find.includes('\n') || replace.includes('\n')) return 'more than one line';
  const times = readFileSync(new URL(file, repository), 'utf8').split(find).length - 1;
  return times === 1 ? undefined : `its line is there ${times} times`;
}
