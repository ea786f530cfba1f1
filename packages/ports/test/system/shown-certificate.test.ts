import { createTestChain } from '@amop/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { createTlsTransport, shownCertificate } from '../../src/system/index.ts';

const host = '127.0.0.1';

test.each(['p256', 'secp256k1'] as const)('%s: of another chain', async (profile) => {
  const stranger = createTestChain({ profile });
  const listener = await createTlsTransport(stranger.node('bankB', 'node7')).listen({
    host,
    port: 0,
    onConnection: (connection) => connection.close(),
    onRefused: () => undefined,
  });
  onTestFinished(() => listener.close());
  const at = { host, port: listener.port };
  const own = createTestChain({ profile }).node('bankA');
  const shown = await shownCertificate(at, own, new AbortController().signal);
  expect(shown).toMatchObject({ commonName: 'node7', issuerCommonName: 'bankB' });
  expect(await shownCertificate(at, own, AbortSignal.abort())).toBeUndefined();
});
