import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { connect } from '../src/connect.ts';
import { CLIENT_ERROR_SUMMARIES } from '../src/errors.ts';
import type { ConnectOptions } from '../src/options/options.ts';
import { World } from './support/world.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const world = new World();

vi.mock('@amop/client', () => ({
  // The program as it stands, but its sockets are in memory.
  connect: (options: ConnectOptions) => {
    const { clock, scheduler, random } = world;
    const transport = world.network.transport();
    return connect({ ...options, ports: { transport, clock, scheduler, random } });
  },
}));

test('the program of the README is the one that is compiled and run here', async () => {
  const file = new URL('./example/first-program.ts', import.meta.url);
  const program = readFileSync(file, 'utf8').split('\n').slice(1).join('\n');
  expect(readme).toContain(`\`\`\`ts\n${program}\`\`\``);

  const printed: unknown[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(text));
  await world.node('ours', 20_200);
  let isRunning = true;
  const run = import('./example/first-program.ts').finally(() => {
    isRunning = false;
  });
  // Loading it takes turns in which nothing happens in the world.
  while (isRunning) await world.settle();
  await run;
  log.mockRestore();
  expect(printed).toEqual(['ACME costs 42', 'trading begins']);
});

test('the README tells of every code', () => {
  const told = [...readme.matchAll(/^\| `(AMOP_CLIENT_\w+)` +\|/gm)].map(([, code]) => code);
  expect(told.sort()).toEqual(Object.keys(CLIENT_ERROR_SUMMARIES).sort());
});
