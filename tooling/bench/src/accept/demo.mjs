// Ctrl-C of `npm start`: how soon nothing of it is left. Linux only, it looks into /proc.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LIMIT_MS = 2_000;
const START_DEADLINE_MS = 180_000;
const MARK = 'AMOP_ACCEPT_RUN';
const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** @returns {Promise<import('../accept.mjs').Result[]>} */
export async function checkDemo() {
  const check = 'Ctrl-C of npm start ends every process';
  const limit = `< ${LIMIT_MS} ms`;
  if (!existsSync(`${root}scripts/start.mjs`) || !existsSync('/proc/self/environ')) {
    return [{ check, limit, measured: 'skipped: no demo, or no /proc', passed: undefined }];
  }
  const run = randomUUID();
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, [MARK]: run },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  try {
    // The demo is up when it prints the commands for a second terminal.
    await until(() => /\bamop (sub|pub|request|reply)\b/.test(output), START_DEADLINE_MS);
    const { length: processes } = processesOf(run);
    const from = performance.now();
    process.kill(-child.pid, 'SIGINT');
    await until(() => processesOf(run).length === 0, 4 * LIMIT_MS);
    const took = performance.now() - from;
    const measured = `${took.toFixed(0)} ms for ${processes} processes`;
    return [{ check, limit, measured, passed: took < LIMIT_MS }];
  } catch (error) {
    const left = processesOf(run);
    const measured = `${error.message}; left: ${left.length} processes; ${output.slice(-200)}`;
    return [{ check, limit, measured, passed: false }];
  } finally {
    for (const pid of processesOf(run)) process.kill(pid, 'SIGKILL');
  }
}

/** Processes that carry the mark of this run in their environment. */
function processesOf(run) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${MARK}=${run}`);
      } catch {
        // Gone, or somebody else's.
        return false;
      }
    })
    .map(Number);
}

async function until(question, deadlineMs) {
  const end = performance.now() + deadlineMs;
  while (!question()) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
