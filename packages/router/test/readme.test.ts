import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { heard } from './example/route-request.ts';

test('the example of the README is one that runs', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = readFileSync(new URL('./example/route-request.ts', import.meta.url), 'utf8');
  expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);
  expect(heard).toEqual(['buy 10']);
});
