// Runs a command, shows what it prints and writes it to a file, too. One that has come to a standstill is ended, and
// the processes that were left are told:
//
//   node scripts/run-logged.mjs FILE MINUTES COMMAND [ARGUMENT...]
import { spawn } from 'node:child_process';
import { createWriteStream, readdirSync, readFileSync } from 'node:fs';

const [file, minutes, command, ...args] = process.argv.slice(2);
const log = createWriteStream(file, { flags: 'a' });

// A group of its own, to be ended whole. Its end is what counts, not that of its output: a process that it left over
// would keep that open.
const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
for (const stream of [child.stdout, child.stderr]) {
  stream.on('data', (text) => {
    process.stdout.write(text);
    log.write(text);
  });
}

const standstill = setTimeout(() => {
  console.error(`\n${[command, ...args].join(' ')} has not ended in ${minutes} minutes; left are:`);
  for (const line of startedSince(child.pid)) console.error(line);
  end(124);
}, minutes * 60_000);

child.on('error', (error) => {
  console.error(String(error));
  end(127);
});
child.on('exit', (code, signal) => {
  clearTimeout(standstill);
  if (signal !== null) console.error(`${command} ended with ${signal}`);
  const endWith = () => end(code ?? 128);
  child.on('close', endWith);
  setTimeout(endWith, 10_000);
});

function end(exitCode) {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
  log.end(() => process.exit(exitCode));
}

/** `pid parent state command line` of this process and each that was started after it, whoever is its parent now. */
function startedSince(pid) {
  const processes = readdirSync('/proc').flatMap((name) => {
    const found = /^\d+$/.test(name) ? describe(name) : undefined;
    return found === undefined ? [] : [found];
  });
  const since = describe(pid)?.start ?? 0;
  return processes.filter(({ start }) => start >= since).map(({ text }) => `  ${text}`);
}

function describe(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ');
    return { start: Number(rest[17]), text: `${pid} ${parent} ${state} ${line.slice(0, 200)}` };
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}
