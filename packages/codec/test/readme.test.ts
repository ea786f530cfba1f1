import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { WAYS } from './error-ways.ts';
import { received } from './example/round-trip.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the example of the README is one that runs', () => {
  const example = readFileSync(new URL('./example/round-trip.ts', import.meta.url), 'utf8');
  expect(README).toContain(`\`\`\`ts\n${example}\`\`\``);
  expect(received).toEqual(['orders: buy 10']);
});

test('the README lists every error code and no other', () => {
  const listed = [...README.matchAll(/^\| `(AMOP_CODEC_[A-Z_]+)`/gm)].map(([, code]) => code);
  expect(listed.toSorted()).toEqual(Object.keys(WAYS).toSorted());
});
