import { connect as connectTls } from 'node:tls';
import { createTestChain, RecordingHandler, turns, VirtualClock } from '@amop/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { isPortsError, type PortsError } from '../../src/index.ts';
import { createTlsTransport } from '../../src/system/index.ts';
import { openPort, rawClient, rejection, socketClosed } from './port-fixture.ts';

const chain = createTestChain();
const credentials = chain.node('bankA');
const transport = createTlsTransport(credentials);

test('a plain HTTP request is refused and named', async () => {
  const port = await openPort(transport);
  const client = await rawClient(port.listener.port);
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await socketClosed(client);
  const [refusal] = await port.refused();
  expect(refusal).toEqual({
    code: 'AMOP_PORTS_TLS_FAILED',
    remoteHost: '127.0.0.1',
    remotePort: expect.any(Number),
    reason: 'http-request',
  });
});

test('bytes that are not TLS are refused', async () => {
  const port = await openPort(transport);
  const client = await rawClient(port.listener.port);
  client.write(new Uint8Array(600).fill(7));
  await socketClosed(client);
  const [refusal] = await port.refused();
  expect(refusal).toMatchObject({ code: 'AMOP_PORTS_TLS_FAILED', reason: 'wrong-version-number' });
});

test('a handshake that is not done in time is cut and refused, not sooner', async () => {
  const clock = new VirtualClock();
  const port = await openPort(createTlsTransport(credentials, { clock }), {
    handshakeTimeoutMs: 3_000,
  });
  const silent = await rawClient(port.listener.port);
  const slow = await rawClient(port.listener.port);
  const closed = Promise.all([socketClosed(silent), socketClosed(slow)]);
  slow.write(Uint8Array.of(0x16, 0x03, 0x01));
  while (clock.timers < 2) await turns(1);
  clock.advance(2_999);
  slow.write(Uint8Array.of(0x02));
  await turns(20);
  expect(port.refusals).toEqual([]);
  clock.advance(1);
  const refusals = await port.refused(2);
  await closed;
  expect(refusals.map(({ code, reason }) => [code, reason])).toEqual([
    ['AMOP_PORTS_TLS_FAILED', 'handshake-timeout'],
    ['AMOP_PORTS_TLS_FAILED', 'handshake-timeout'],
  ]);
  expect(clock.timers).toBe(0);
});

test('a finished handshake leaves no timer behind', async () => {
  const clock = new VirtualClock();
  const timed = createTlsTransport(credentials, { clock });
  const port = await openPort(timed);
  const dialed = new RecordingHandler(
    await timed.dial({ host: '127.0.0.1', port: port.listener.port }),
  );
  await port.accepted();
  expect(clock.timers).toBe(0);
  clock.advance(60_000);
  await turns(10);
  expect(dialed.closes).toBe(0);
  dialed.connection.destroy();
});

test('when more handshakes come than allowed, the oldest gives way: who is quick gets through', async () => {
  const port = await openPort(transport, { maxHandshakes: 2 });
  const first = await rawClient(port.listener.port);
  const remotePort = first.localPort;
  await rawClient(port.listener.port);
  await rawClient(port.listener.port);
  await socketClosed(first);
  const [refusal] = await port.refused();
  expect(refusal).toMatchObject({
    code: 'AMOP_PORTS_TOO_MANY_HANDSHAKES',
    reason: 'gave-way',
    remotePort,
  });
  const dialed = await transport.dial({ host: '127.0.0.1', port: port.listener.port });
  await port.accepted();
  expect(port.refusals).toHaveLength(2);
  dialed.destroy();
});

test('connections that are open do not count as handshakes', async () => {
  const port = await openPort(transport, { maxHandshakes: 1 });
  for (let count = 1; count <= 4; count += 1) {
    const dialed = await transport.dial({ host: '127.0.0.1', port: port.listener.port });
    onTestFinished(() => dialed.destroy());
    await port.accepted(count);
  }
  expect(port.refusals).toEqual([]);
});

test('who hangs up during the handshake is told of once', async () => {
  const port = await openPort(transport);
  const ended = await rawClient(port.listener.port);
  ended.end();
  await port.refused(1);
  const reset = await rawClient(port.listener.port);
  reset.write(Uint8Array.of(0x16, 0x03, 0x01));
  reset.resetAndDestroy();
  const refusals = await port.refused(2);
  await turns(20);
  expect(refusals).toHaveLength(2);
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ code: 'AMOP_PORTS_TLS_FAILED', reason: 'cut' });
  }
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a client without certificate is refused after the handshake, unread, over %s',
  async (maxVersion) => {
    const port = await openPort(transport);
    const client = connectTls({
      host: '127.0.0.1',
      port: port.listener.port,
      ca: chain.ca,
      checkServerIdentity: () => undefined,
      maxVersion,
    });
    client.on('error', () => {});
    client.once('secureConnect', () => client.write('never read'));
    await socketClosed(client);
    const [refusal] = await port.refused();
    expect(refusal).toMatchObject({
      code: 'AMOP_PORTS_TLS_UNTRUSTED_PEER',
      remoteHost: '127.0.0.1',
      reason: 'no-certificate',
    });
    expect(port.connections).toEqual([]);
  },
);

test.each(['p256', 'secp256k1'] as const)(
  'a dialer of another chain learns that it is not his, with %s',
  async (profile) => {
    const own = createTestChain({ profile });
    const port = await openPort(createTlsTransport(own.node('bankA')));
    const stranger = createTlsTransport(createTestChain({ profile }).sdk('bankX'));
    const dialed = stranger.dial({ host: '127.0.0.1', port: port.listener.port });
    await expect(dialed).rejects.toMatchObject({ code: 'AMOP_PORTS_TLS_UNTRUSTED_PEER' });
    await port.refused();
    expect(port.connections).toEqual([]);
  },
);

test('many refused at once are all told of, each with its own address', async () => {
  const port = await openPort(transport);
  const stranger = createTlsTransport({
    ...createTestChain().sdk('bankX'),
    ca: chain.ca,
  });
  const clients = await Promise.all(Array.from({ length: 4 }, () => rawClient(port.listener.port)));
  const dials = Array.from({ length: 8 }, async () => {
    const dialed = await stranger.dial({ host: '127.0.0.1', port: port.listener.port });
    return new RecordingHandler(dialed).closed();
  });
  for (const client of clients) client.end();
  const ends = await Promise.allSettled(dials);
  const refusals = await port.refused(12);
  await turns(20);
  expect(refusals).toHaveLength(12);
  expect(new Set(refusals.map(({ remotePort }) => remotePort)).size).toBe(12);
  const untrusted = refusals.filter(({ code }) => code === 'AMOP_PORTS_TLS_UNTRUSTED_PEER');
  expect(untrusted).toHaveLength(8);
  expect(untrusted.map(({ reason }) => reason)).toEqual(Array(8).fill('self-signed-cert-in-chain'));
  for (const end of ends) {
    const error = end.status === 'fulfilled' ? end.value : end.reason;
    expect(isPortsError(error, 'AMOP_PORTS_TLS_REFUSED_BY_PEER')).toBe(true);
  }
});

test('closing the port cuts handshakes and says so', async () => {
  const port = await openPort(transport);
  const client = await rawClient(port.listener.port);
  const other = await rawClient(port.listener.port);
  other.write('x');
  await turns(5);
  await port.listener.close();
  await socketClosed(client);
  const refusals = await port.refused(2);
  expect(refusals.map(({ reason }) => reason)).toContain('listener-closed');
});

test('an IPv4 client of a port for both kinds of addresses is told as such', async () => {
  const port = await openPort(transport, { host: '::' });
  const dialed = await transport.dial({ host: '127.0.0.1', port: port.listener.port });
  const [accepted] = await port.accepted();
  expect(accepted?.remoteHost).toBe('127.0.0.1');
  dialed.destroy();
});

test('an address that is not of this machine cannot be listened on', async () => {
  const error = await rejection(
    transport.listen({
      host: '192.0.2.1',
      port: 0,
      onConnection: () => {},
      onRefused: () => {},
    }),
  );
  expect(isPortsError(error, 'AMOP_PORTS_LISTEN_FAILED')).toBe(true);
  expect((error as PortsError).details).toMatchObject({
    reason: 'address-not-available',
    systemCode: 'EADDRNOTAVAIL',
    retryable: false,
  });
});
