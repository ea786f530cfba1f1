// What a node shows to the outside: its memory in /proc, and its log.
import { readdirSync, readFileSync } from 'node:fs';

const KIB_PER_MIB = 1024;
/** Linux counts the CPU of processes in hundredths of a second. */
const TICK_MS = 10;

/** Resident memory of a process in MiB: now, and at most since its start. */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (field) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)[1]) / KIB_PER_MIB;
  return { now: mib('VmRSS'), peak: mib('VmHWM') };
}

/** CPU that a process with all its threads has used so far, in ms. */
export function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** File descriptors that a process has open. */
export function filesOf(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** How many lines of the log have the given members. */
export function countLines(logFile, members) {
  return readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((line) => Object.entries(members).every(([name, value]) => line[name] === value))
    .length;
}

/** File descriptors that a process started from here may have; Node raises the soft limit itself. */
export function maxFiles() {
  const limit = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))[1];
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
}
