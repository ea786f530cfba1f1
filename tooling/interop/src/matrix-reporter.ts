import { basename } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { sdkVersion } from './java/build.ts';

const MARKS: Readonly<Record<string, string>> = {
  passed: '+',
  failed: 'FAILED',
  skipped: 'not run',
};

/** Prints the matrix: one line for each row, with its cells and how they came out. */
export class MatrixReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const cells = modules.flatMap((module) => [...module.children.allTests()]);
    const rows = new Map<string, TestCase[]>();
    for (const cell of cells) {
      const row = rowOf(cell);
      rows.set(row, [...(rows.get(row) ?? []), cell]);
    }
    const lines = [...rows].map(([row, cellsOfRow]) => {
      const marks = cellsOfRow.map((cell) => `${cell.name} ${MARKS[cell.result().state] ?? '?'}`);
      return `  ${row}\n      ${marks.join(' · ')}`;
    });
    const count = (state: string): number =>
      cells.filter((cell) => cell.result().state === state).length;
    const skipped = count('skipped');
    const run = cells.length - skipped;
    process.stdout.write(
      `\nJava SDK ${sdkVersion()}\n${lines.join('\n')}\n\n  cells run ${run}, failed ${count('failed')}, not run ${skipped}\n`,
    );
    if (run > 0 && skipped > 0) {
      process.stdout.write('  A cell was left out although Java is here: that is a failure.\n');
      process.exitCode = 1;
    }
  }
}

/** Names of the file and of the groups that a cell is in, from the outermost. */
function rowOf(cell: TestCase): string {
  const names: string[] = [];
  for (let group = cell.parent; group.type === 'suite'; group = group.parent) {
    names.unshift(group.name);
  }
  return [basename(cell.module.moduleId, '.test.ts'), ...names].join(' | ');
}
