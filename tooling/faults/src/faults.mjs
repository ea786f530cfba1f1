// Real nodes and applications, real faults: pnpm faults --minutes 5 --seed N
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { showViolations } from './history/show.mjs';
import { judgeFile } from './history/verdict.mjs';
import { obstacle, sweep } from './network/layout.mjs';
import { run } from './run.mjs';

const CANNOT_RUN = 3;

function positive(text) {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('must be a number above 0');
  return value;
}

const program = new Command('faults')
  .description(
    'Runs nodes and applications in network namespaces, breaks what can break, judges what they did.',
  )
  .option(
    '--minutes <number>',
    'how long to begin new rounds; a round takes about one',
    positive,
    5,
  )
  .option('--seed <text>', 'what the plan follows from', String(Date.now() % 1_000_000))
  .option('--out <dir>', 'folder for logs and histories (default: a new one)')
  .option('--judge <file>', 'judge a stored history again, run nothing')
  .option('--skip-if-unable', 'exit with 0 where namespaces cannot be made')
  .addHelpText(
    'after',
    '\nExit codes: 0 nothing found, 1 violations, 2 wrong usage, 3 cannot run here.',
  );
program.configureOutput({ writeErr: (text) => process.stderr.write(text) });
program.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
program.parse(process.argv.filter((word, index) => index < 2 || word !== '--'));

/** Writes the verdict; the exit code says it too. */
async function report(historyFile, violations) {
  if (violations.length > 0) console.log(`\n${await showViolations(historyFile, violations)}\n`);
  console.log(`violations: ${violations.length}`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}

async function main({ judge, minutes, out, seed, skipIfUnable = false }) {
  if (judge !== undefined) {
    await report(judge, await judgeFile(judge));
    return;
  }
  const reason = obstacle();
  if (reason !== undefined) {
    console.error(skipIfUnable ? `skipped: ${reason}` : `faults: cannot run: ${reason}`);
    process.exitCode = skipIfUnable ? 0 : CANNOT_RUN;
    return;
  }
  for (const name of sweep()) console.log(`removed ${name}, left behind by a run that is no more`);
  const folder = out === undefined ? mkdtempSync(join(tmpdir(), 'amop-faults-')) : resolve(out);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      console.error(`broken off by ${signal}: nothing was judged after the last phase`);
      process.exit(130);
    });
  }
  console.log(`seed ${seed}, ${minutes} minutes, logs and histories in ${folder}`);
  const say = (text) => console.log(text);
  const { historyFile, violations } = await run({ seed, minutes, folder, say });
  await report(historyFile, violations);
  console.log(`again: node tooling/faults/src/faults.mjs --judge ${historyFile}`);
}

await main(program.opts());
