import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { Coverage } from '../src/coverage.ts';

/** Three steps of which each is a block of its own. */
const MAZE = `export function walk(bytes) {
  if (bytes[0] !== 70) return 0;
  if (bytes[1] !== 85) return 1;
  if (bytes[2] !== 90) return 2;
  return 3;
}`;

test('what reached a block for the first time is told, and only once', async () => {
  const coverage = new Coverage(/(maze\.mjs)$/);
  const folder = mkdtempSync(join(tmpdir(), 'amop-fuzz-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'maze.mjs');
  writeFileSync(file, MAZE);
  const maze: { walk(bytes: number[]): number } = await import(pathToFileURL(file).href);
  const isNew = (...bytes: number[]): boolean => {
    maze.walk(bytes);
    const taken = coverage.take();
    const name = coverage.firstNew(taken);
    coverage.add(taken);
    return name !== undefined;
  };
  coverage.reset();
  expect([isNew(1), isNew(2)]).toEqual([true, false]);
  expect([isNew(70), isNew(70), isNew(1)]).toEqual([true, false, false]);
  expect([isNew(70, 85, 90), isNew(70, 85, 90)]).toEqual([true, false]);
  expect(isNew(70, 85)).toBe(true);
});
