import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromHex, toHex } from './hex.ts';

/** An input that reaches something which those before it do not. */
export interface CorpusEntry {
  readonly bytes: Uint8Array;
  /** The first function in which it does. */
  readonly reaches: string;
}

/** The corpus of a target: a line of hex digits for each input, and behind `#` what it reaches. */
export function readCorpus(target: string): CorpusEntry[] {
  const path = pathOf(target);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [hex = '', reaches = ''] = line.split('#');
      return { bytes: fromHex(hex.trim()), reaches: reaches.trim() };
    });
}

/** Replaces the corpus of a target. */
export function writeCorpus(target: string, entries: readonly CorpusEntry[]): void {
  const path = pathOf(target);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    entries.map(({ bytes, reaches }) => `${toHex(bytes)} # ${reaches}\n`).join(''),
  );
}

function pathOf(target: string): string {
  const [name = '', what = ''] = target.split('/');
  return fileURLToPath(
    new URL(`../../../packages/${name}/fuzz/corpus/${what}.txt`, import.meta.url),
  );
}
