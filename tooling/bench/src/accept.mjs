// Timed acceptance checks with real processes: pnpm bench:accept [name ...]
//
// They are not part of `npm test`: on a busy machine they may fail without a fault of the code.
import { checkAnswers } from './accept/answers.mjs';
import { checkDemo } from './accept/demo.mjs';
import { checkScale } from './accept/scale.mjs';

/**
 * @typedef {object} Result
 * @property {string} check
 * @property {string} limit
 * @property {string} measured
 * @property {boolean | undefined} passed  undefined: the check could not be made here
 */

const checks = { answers: checkAnswers, scale: checkScale, demo: checkDemo };

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(checks);
const unknown = names.filter((name) => !(name in checks));
if (unknown.length > 0) {
  console.error(`unknown check ${unknown.join(', ')}; known: ${Object.keys(checks).join(', ')}`);
  process.exit(2);
}

/** @type {Result[]} */
const results = [];
for (const name of names) {
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
