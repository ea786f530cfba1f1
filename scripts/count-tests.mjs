// Adds up the closing lines that the test runner printed for each package:
//
//   node scripts/count-tests.mjs FILE
import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const log = stripVTControlCharacters(readFileSync(process.argv[2], 'utf8'));
const total = { passed: 0, failed: 0, skipped: 0 };
for (const [, line] of log.matchAll(/^.*?\bTests\s+(.*\d+ (?:passed|failed).*)$/gm)) {
  for (const [, count, word] of line.matchAll(/(\d+) (passed|failed|skipped)/g)) {
    total[word] += Number(count);
  }
}
if (total.passed === 0) {
  console.error('no test was run');
  process.exit(1);
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
