import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as codec from '../src/index.ts';

/** What a source file imports, and what those import, by path or package name. */
function importsOf(url: URL, seen = new Set<string>()): Set<string> {
  for (const [, specifier = ''] of readFileSync(url, 'utf8').matchAll(/from '([^']+)'/g)) {
    const next = new URL(specifier, url);
    const name = specifier.startsWith('.') ? next.pathname : specifier;
    if (seen.has(name)) continue;
    seen.add(name);
    if (specifier.startsWith('.')) importsOf(next, seen);
  }
  return seen;
}

function packagesOf(file: string): string[] {
  const imports = importsOf(new URL(`../src/${file}`, import.meta.url));
  return [...imports].filter((name) => !name.startsWith('/')).sort();
}

describe('doors', () => {
  test('the root needs zod alone, no snappy and nothing of Node', () => {
    expect(packagesOf('index.ts')).toEqual(['zod']);
  });

  test('compression needs snappy alone', () => {
    expect(packagesOf('compression.ts')).toEqual(['snappy']);
  });
});

test('the sequence without answer is 32 zeroes in ASCII', () => {
  expect(codec.NO_REPLY_SEQ).toEqual(new TextEncoder().encode('0'.repeat(32)));
});
