import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { tryListen } from '../../src/system/index.ts';

test('a port that is free stays free', async () => {
  await tryListen({ host: '127.0.0.1', port: 0 });
});

test('a port that is in use, an address of another machine', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const reasonOf = (host: string): Promise<unknown> =>
    tryListen({ host, port }).catch((error: { details: unknown }) => error.details);
  expect(await reasonOf('127.0.0.1')).toMatchObject({ port, reason: 'address-in-use' });
  // 192.0.2.0/24 is for documentation: no machine has it.
  expect(await reasonOf('192.0.2.1')).toMatchObject({ reason: 'address-not-available' });
});
