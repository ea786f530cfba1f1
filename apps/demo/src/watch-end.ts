import { readFileSync } from 'node:fs';

/** How often it is checked whether the program that started the demo is still there. */
const PARENT_POLL_MS = 500;

let hungUp = false;

/**
 * Calls `onEnd` when the demo is to end: Ctrl-C, SIGTERM, the terminal closed (SIGHUP, or nothing can be written any
 * more), or the `npm` gone that ran it. May call it several times.
 */
export function watchEnd(onEnd: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onEnd);
  process.on('SIGHUP', () => {
    hungUp = true;
    onEnd();
  });
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onEnd);
  const { npm_lifecycle_event: startedBy } = process.env;
  if (startedBy === 'start') watchParents(onEnd);
}

/** Ends this process: with the code, or by SIGHUP when the terminal is gone. */
export function endProcess(exitCode: number): never {
  // Node.js crashes in its exit when the terminal is gone (seen on 20.20, which then dumps core).
  if (hungUp) process.removeAllListeners('SIGHUP').kill(process.pid, 'SIGHUP');
  process.exit(exitCode);
}

/** npm runs a shell that runs this process: npm does not pass its own end on, so it is looked for. */
function watchParents(onGone: () => void): void {
  const shell = process.ppid;
  const npm = parentOf(shell);
  const timer = setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npm) return;
    clearInterval(timer);
    onGone();
  }, PARENT_POLL_MS);
  timer.unref();
}

/** The parent of a process where the system shows it as a file (Linux), else `undefined`. */
function parentOf(pid: number): number | undefined {
  try {
    // "pid (name) state ppid ...": the name may hold anything, so the fields are counted from its end.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
    return Number(fields?.[1]);
  } catch {
    // Another system, or the process has just ended, which the caller sees by itself.
    return undefined;
  }
}
