// Timed acceptance checks with real processes: pnpm bench:accept [[--only] name ...]
//
// They are not part of `npm test`: on a busy machine they may fail without a fault of the code.
import { checkAnswers } from './accept/answers.mjs';
import { checkDemo } from './accept/demo.mjs';
import { files } from './accept/files.mjs';
import { neighbours } from './accept/neighbours.mjs';
import { checkPrivate } from './accept/private.mjs';
import { checkRotation } from './accept/rotation.mjs';
import { checkScale } from './accept/scale.mjs';
import { checkSight } from './accept/sight.mjs';

/**
 * @typedef {object} Result
 * @property {string} check
 * @property {string} limit
 * @property {string} measured
 * @property {boolean | undefined} passed  undefined: the check could not be made here
 */

const checks = {
  answers: checkAnswers,
  scale: checkScale,
  demo: checkDemo,
  rotation: checkRotation,
  sight: checkSight,
  private: checkPrivate,
  ...neighbours,
  ...files,
};
const groups = { neighbours: Object.keys(neighbours), files: Object.keys(files) };

// Names may be given as they are, after `--`, or after `--only`.
const wanted = process.argv.slice(2).filter((word) => word !== '--' && word !== '--only');
const known = [...Object.keys(checks), ...Object.keys(groups)];
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`unknown check ${unknown.join(', ')}; known: ${known.join(', ')}`);
  process.exit(2);
}
const names =
  wanted.length > 0 ? wanted.flatMap((name) => groups[name] ?? name) : Object.keys(checks);

/** @type {Result[]} */
const results = [];
for (const name of names) {
  console.error(`${name} ...`);
  try {
    results.push(...(await checks[name]()));
  } catch (error) {
    results.push({ check: name, limit: '', measured: error.message, passed: false });
  }
}

const words = new Map([
  [true, 'pass'],
  [false, 'FAIL'],
  [undefined, 'skipped'],
]);
const rows = [
  ['check', 'limit', 'measured', 'result'],
  ...results.map(({ check, limit, measured, passed }) => [
    check,
    limit,
    measured,
    words.get(passed),
  ]),
];
const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
for (const row of rows) {
  console.log(
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}
process.exit(results.some(({ passed }) => passed === false) ? 1 : 0);
