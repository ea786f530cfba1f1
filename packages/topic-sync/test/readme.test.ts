import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { topicsOfB } from './readme-example.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('shows the example that is compiled and run here', () => {
  const [, example] = /```ts\n([\s\S]*?)```/.exec(read('../README.md')) ?? [];
  expect(example).toBe(read('./readme-example.ts'));
  expect(topicsOfB).toEqual(['payments']);
});

it('names every export of the package', () => {
  const readme = read('../README.md');
  const exported = [...read('../src/index.ts').matchAll(/\b[A-Z]\w+/g)].map(([name]) => name);
  expect(exported.filter((name) => !readme.includes(name))).toEqual([]);
});

it('names every error code and every incident', () => {
  const readme = read('../README.md');
  const codes = read('../src/errors.ts').match(/AMOP_TOPIC_SYNC_\w+/g) ?? [];
  const incidents = [...read('../src/incident-counter.ts').matchAll(/^ {4}(\w+): 0,$/gm)];
  expect(incidents).toHaveLength(8);
  const words = [...codes, ...incidents.map(([, incident]) => incident ?? '')];
  expect(words.filter((word) => !readme.includes(word))).toEqual([]);
});
