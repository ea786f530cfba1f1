// What a person sees of a run.
import { BUDGETS } from './budgets.mjs';

const MINUTE_MS = 60_000;
/** Figures that are shown for every process; the others only if they fail. */
const SHOWN = ['heapBytes', 'externalBytes', 'rssBytes', 'files'];
const MAX_FAULTS = 20;

/** One line on a run that goes on. */
export function progressLine({ atMs, faults, recorder, totalMs }) {
  const calls = Object.values(faults.done()).reduce((sum, count) => sum + count, 0);
  const heap = (name) => ((recorder.last(name, 'heapBytes') ?? Number.NaN) / 1_048_576).toFixed(1);
  const minutes = `${(atMs / MINUTE_MS).toFixed(1)} of ${(totalMs / MINUTE_MS).toFixed(0)} min`;
  const rate = (calls / (atMs / 1_000)).toFixed(0);
  const heaps = ['node A', 'node B', 'resident A'].map((name) => `${name} ${heap(name)}`);

  const open = faults.unexplained().length;
  return `${minutes}: ${calls} calls (${rate}/s), ${open} faults so far; heap MiB: ${heaps.join(', ')}`;
}

/** The figures, and whether they hold: lines for people. */
export function reportLines({ checks, faults, rows }) {
  const shown = rows.filter(({ figure, verdict }) => SHOWN.includes(figure) || !verdict.passed);
  const hidden = rows.length - shown.length;
  return [
    ...table([
      ['process', 'figure', 'first', 'last', 'a minute', 'budget', 'p', 'result'],
      ...shown.map(rowCells),
    ]),
    `and ${hidden} more figures that do not grow beyond their budget (--json)`,
    '',
    ...table(checks.map(({ check, measured, passed }) => [check, measured, word(passed)])),
    '',
    `calls that ended as they had to: ${inWords(faults.done())}`,
    `calls left out, as too many were under way: ${faults.leftOut()}`,
    `explained by restarts: ${inWords(faults.explained())}`,
    ...faultLines(faults),
  ];
}

/** Whether nothing grows, every check holds and nothing went wrong that is not explained. */
export function isSound({ checks, faults, rows }) {
  return (
    rows.every(({ verdict }) => verdict.passed) &&
    checks.every(({ passed }) => passed) &&
    faults.unexplained().length + faults.unnamed === 0
  );
}

function rowCells({ budget, figure, process, verdict }) {
  const { first, last, p, passed, perMinute } = verdict;
  const { unit } = BUDGETS[figure];
  const name = unit === 1 ? figure : figure.replace('Bytes', ' MiB');
  const show = (value) => (value / unit).toFixed(unit === 1 ? 1 : 2);
  const grows = `${perMinute >= 0 ? '+' : ''}${show(perMinute)}`;
  return [process, name, show(first), show(last), grows, show(budget), p.toFixed(3), word(passed)];
}

function faultLines(faults) {
  const unexplained = faults.unexplained();
  const lines = unexplained
    .slice(0, MAX_FAULTS)
    .map(({ code, fromMs, kind, message, process, toMs }) => {
      const at = new Date(fromMs).toISOString();
      return `FAULT ${at} ${process}: ${kind}: ${code} after ${toMs - fromMs} ms: ${message}`;
    });
  const more = unexplained.length - lines.length + faults.unnamed;
  if (more > 0) lines.push(`and ${more} more faults`);
  return lines.length > 0 ? lines : ['no fault'];
}

function inWords(counts) {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return parts.join(', ') || 'none';
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ');
  return rows.map((row) => line(row).trimEnd());
}

function word(passed) {
  return passed ? 'pass' : 'FAIL';
}
