import { readFileSync } from 'node:fs';
import { createTestChain } from '@amop/testkit';
import { expect, onTestFinished, test } from 'vitest';
import type { PortsErrorCode } from '../src/index.ts';
import { send, serve } from './readme-example.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the example in the README is the one that is compiled and run here', () => {
  const example = readFileSync(new URL('./readme-example.ts', import.meta.url), 'utf8');
  expect(readme).toContain(example);
});

test('the example does what it says', async () => {
  const chain = createTestChain();
  const said = new Promise<string>((resolve, reject) => {
    const opened = serve(chain.node('bankA'), (from, text) => resolve(`${from}: ${text}`));
    onTestFinished(async () => (await opened).close());
    opened.then(({ port }) => send(chain.sdk('bankB'), port, 'hello')).catch(reject);
  });
  expect(await said).toBe('sdk: hello');
});

test('the README tells of every code', () => {
  const codes: Record<PortsErrorCode, true> = {
    AMOP_PORTS_DIAL_FAILED: true,
    AMOP_PORTS_TLS_REFUSED_BY_PEER: true,
    AMOP_PORTS_TLS_UNTRUSTED_PEER: true,
    AMOP_PORTS_TLS_FAILED: true,
    AMOP_PORTS_TOO_MANY_HANDSHAKES: true,
    AMOP_PORTS_CREDENTIALS: true,
    AMOP_PORTS_LISTEN_FAILED: true,
    AMOP_PORTS_CONNECTION_LOST: true,
    AMOP_PORTS_ABORTED: true,
  };
  const told = [...readme.matchAll(/^\| `(AMOP_PORTS_\w+)` +\|/gm)].map(([, code]) => code);
  expect(told.sort()).toEqual(Object.keys(codes).sort());
});
