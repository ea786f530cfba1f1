// Memory of processes above what they had when they were idle, from /proc.
import { writeFileSync } from 'node:fs';
import { memoryOf } from '../neighbours/node-facts.mjs';

/** Linux: from now on VmHWM is the most since this moment (proc_pid_clear_refs(5)). */
const RESET_PEAK = '5';

/**
 * Begins to watch; every process is idle now.
 *
 * @param {Record<string, number>} pids
 * @returns {() => Record<string, { idle: number, above: number }>} MiB, the most since then
 */
export function watchMemory(pids) {
  const idle = Object.entries(pids).map(([name, pid]) => {
    writeFileSync(`/proc/${pid}/clear_refs`, RESET_PEAK);
    return { name, pid, idle: memoryOf(pid).now };
  });
  return () =>
    Object.fromEntries(
      idle.map(({ name, pid, idle }) => [name, { idle, above: memoryOf(pid).peak - idle }]),
    );
}

/** What was watched, in words. */
export function memoryInWords(memory) {
  return Object.entries(memory)
    .map(([name, { above, idle }]) => `${name} ${above.toFixed(0)} (idle ${idle.toFixed(0)})`)
    .join(', ');
}
