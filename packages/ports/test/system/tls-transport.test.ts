import { describeCertificate, splitPemChain } from '@amop/crypto';
import { createTestChain, RecordingHandler } from '@amop/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createTlsTransport } from '../../src/system/index.ts';
import { openPort } from './port-fixture.ts';

const chain = createTestChain();
const first = chain.node('bankA');
const second = chain.node('bankB');
const application = createTlsTransport(chain.sdk('bankA'));

test('replaced credentials count for the next handshake of an open port, not for open connections', async () => {
  const transport = createTlsTransport(first);
  const { listener, accepted } = await openPort(transport);
  const at = { host: '127.0.0.1', port: listener.port };
  const before = new RecordingHandler(await application.dial(at));
  transport.replaceCredentials(second);
  const after = await application.dial(at);
  const [server] = await accepted(2);
  server?.write(Uint8Array.of(1, 2, 3));
  await before.received(3);
  expect(after.identity.issuerCommonName).toBe('bankB');
  expect(before.closes).toBe(0);
  after.destroy();
  before.connection.destroy();
});

test('dialling shows the replaced credentials', async () => {
  const { listener, accepted } = await openPort(createTlsTransport(chain.node('bankA')));
  const transport = createTlsTransport(first);
  transport.replaceCredentials(second);
  const dialled = await transport.dial({ host: '127.0.0.1', port: listener.port });
  const [connection] = await accepted();
  expect(connection?.identity.issuerCommonName).toBe('bankB');
  dialled.destroy();
});

test('credentials that cannot be used leave the old ones in use', async () => {
  const transport = createTlsTransport(first);
  const { listener } = await openPort(transport);
  const broken = { ...second, key: first.key };
  expect(() => transport.replaceCredentials(broken)).toThrow('does not belong');
  const dialled = await application.dial({ host: '127.0.0.1', port: listener.port });
  expect(dialled.identity.issuerCommonName).toBe('bankA');
  dialled.destroy();
});

describe('the chain of a certificate', () => {
  const sdk = chain.sdk('bankA');
  const [leafPem = '', agencyPem = '', rootPem = ''] = blocksOf(sdk.certificate);
  const junk = blocksOf(chain.sdk('bankB').certificate)[0] ?? '';
  const agency = describeCertificate(splitPemChain(agencyPem)[0] ?? new Uint8Array());

  async function chainShownBy(certificate: string, ca?: string) {
    const server = ca === undefined ? first : { ...first, ca: `${first.ca}\n${ca}` };
    const port = await openPort(createTlsTransport(server));
    const client = createTlsTransport({ ...sdk, certificate });
    const dialled = await client.dial({ host: '127.0.0.1', port: port.listener.port });
    onTestFinished(() => dialled.destroy());
    return port;
  }

  test.each([
    ['in order', [leafPem, agencyPem, rootPem], undefined],
    [
      'behind others that do not belong to it',
      [leafPem, ...Array(10).fill(junk), agencyPem],
      undefined,
    ],
    ['not shown, but trusted itself', [leafPem], agencyPem],
  ])('has the agency: %s', async (_, blocks, ca) => {
    const { accepted } = await chainShownBy(blocks.join('\n'), ca);
    const [connection] = await accepted();
    expect(connection?.identity.chain?.map(({ serialNumber }) => serialNumber)).toContain(
      agency.serialNumber,
    );
  });

  test('is not taken with more certificates than a chain has', async () => {
    const blocks = [leafPem, ...Array(17).fill(junk), agencyPem];
    const { refused } = await chainShownBy(blocks.join('\n'));
    expect(await refused()).toMatchObject([{ code: 'AMOP_PORTS_TLS_UNTRUSTED_PEER' }]);
  });
});

/** The PEM blocks of a text. */
function blocksOf(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
