import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createTestChain, RecordingHandler, turns, VirtualClock } from '@amop/testkit';
import { expect, test } from 'vitest';
import { isPortsError, type PortsError } from '../../src/index.ts';
import { createTlsTransport } from '../../src/system/index.ts';
import { listening, openPort, rejection } from './port-fixture.ts';

const chain = createTestChain();
const transport = createTlsTransport(chain.sdk('bankA'));
const host = '127.0.0.1';

/** A server that answers the first bytes of a client with some of its own. */
function answering(bytes: Uint8Array): Promise<number> {
  return listening(
    createServer((socket) => {
      socket.once('data', () => socket.end(bytes));
    }),
  );
}

/** A fatal TLS alert as a record in clear text: what a server sends before keys are agreed. */
function alertRecord(description: number): Uint8Array {
  return Uint8Array.of(0x15, 0x03, 0x03, 0x00, 0x02, 0x02, description);
}

test.each([
  [42, 'bad-certificate'],
  [43, 'unsupported-certificate'],
  [44, 'certificate-revoked'],
  [45, 'certificate-expired'],
  [46, 'certificate-unknown'],
  [48, 'unknown-ca'],
  [49, 'access-denied'],
  [80, 'internal-error'],
] as const)(
  'alert %i during the handshake is a refusal of our certificate',
  async (number, alert) => {
    const port = await answering(alertRecord(number));
    const error = await rejection(transport.dial({ host, port }));
    expect(isPortsError(error, 'AMOP_PORTS_TLS_REFUSED_BY_PEER')).toBe(true);
    expect((error as PortsError).details).toEqual({ host, port, alert, retryable: false });
  },
);

test.each([
  [40, 'alert-handshake-failure'],
  [70, 'alert-protocol-version'],
] as const)('alert %i is a failed handshake that will fail again', async (number, reason) => {
  const port = await answering(alertRecord(number));
  const error = await rejection(transport.dial({ host, port }));
  expect(isPortsError(error, 'AMOP_PORTS_TLS_FAILED')).toBe(true);
  expect((error as PortsError).details).toEqual({ host, port, reason, retryable: false });
});

test('a server that does not speak TLS', async () => {
  const port = await answering(new TextEncoder().encode('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const error = await rejection(transport.dial({ host, port }));
  expect(isPortsError(error, 'AMOP_PORTS_TLS_FAILED') && error.details).toMatchObject({
    reason: 'wrong-version-number',
    retryable: false,
  });
});

test('a server that hangs up during the handshake may be tried again', async () => {
  const port = await listening(createServer((socket) => socket.end()));
  const error = await rejection(transport.dial({ host, port }));
  expect(isPortsError(error, 'AMOP_PORTS_TLS_FAILED') && error.details).toMatchObject({
    reason: 'cut',
    retryable: true,
  });
});

test('a server that never answers is given up when the time is over, not sooner', async () => {
  const clock = new VirtualClock();
  const sockets: Socket[] = [];
  const port = await listening(createServer((socket) => sockets.push(socket)));
  const timed = createTlsTransport(chain.sdk('bankA'), { clock });
  let isDone = false;
  const dialling = rejection(timed.dial({ host, port, timeoutMs: 700 })).finally(() => {
    isDone = true;
  });
  while (sockets.length === 0) await turns(1);
  clock.advance(699);
  await turns(20);
  expect(isDone).toBe(false);
  clock.advance(1);
  const error = await dialling;
  expect(isPortsError(error, 'AMOP_PORTS_TLS_FAILED') && error.details).toMatchObject({
    reason: 'timed-out',
    retryable: true,
  });
  expect(clock.timers).toBe(0);
});

test('a TCP connection that does not come about in time', async () => {
  const clock = new VirtualClock();
  const timed = createTlsTransport(chain.sdk('bankA'), { clock });
  const dialling = rejection(timed.dial({ host, port: 1, timeoutMs: 700 }));
  // Before the event loop has turned no answer can have come.
  clock.advance(700);
  expect(isPortsError(await dialling, 'AMOP_PORTS_DIAL_FAILED')).toBe(true);
  expect(((await dialling) as PortsError).details).toMatchObject({
    reason: 'timeout',
    retryable: true,
  });
});

test('a signal ends dialling in the middle of the handshake', async () => {
  const sockets: Socket[] = [];
  const port = await listening(createServer((socket) => sockets.push(socket)));
  const controller = new AbortController();
  const dialling = rejection(transport.dial({ host, port, signal: controller.signal }));
  while (sockets.length === 0) await turns(1);
  await turns(10);
  const reason = new Error('enough');
  controller.abort(reason);
  const error = await dialling;
  expect(isPortsError(error, 'AMOP_PORTS_ABORTED')).toBe(true);
  expect((error as PortsError).cause).toBe(reason);
  const [socket] = sockets;
  socket?.resume();
  await new Promise((resolve) => socket?.once('close', resolve));
});

test('a name that cannot be resolved', async () => {
  const name = `${'a'.repeat(64)}.invalid`;
  const error = await rejection(transport.dial({ host: name, port: 1 }));
  expect(isPortsError(error, 'AMOP_PORTS_DIAL_FAILED') && error.details).toMatchObject({
    host: name,
    reason: 'name-not-found',
    retryable: true,
  });
});

test('a name is as good as an address', async () => {
  // On a machine where the name also means ::1, that address refuses.
  const port = await openPort(createTlsTransport(chain.node('bankA')));
  const dialed = await transport.dial({ host: 'localhost', port: port.listener.port });
  expect(dialed.remoteHost).toBe(host);
  dialed.destroy();
});

test('a Node server that distrusts us hangs up: with our own authority in doubt it is a refusal', async () => {
  const foreign = createTestChain().sdk('bankX');
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const node = chain.node('bankA');
    const port = await listening(
      createTlsServer({
        ca: node.ca,
        cert: node.certificate,
        key: node.key,
        requestCert: true,
        rejectUnauthorized: true,
        maxVersion,
      }),
    );
    const stranger = createTlsTransport({ ...foreign, ca: chain.ca });
    const error = await stranger.dial({ host, port }).then(
      (connection) => new RecordingHandler(connection).closed(),
      (thrown: unknown) => thrown,
    );
    expect(isPortsError(error, 'AMOP_PORTS_TLS_REFUSED_BY_PEER') && error.details.alert).toBe(
      'none',
    );
  }
});

test('the same hang-up is no refusal when our certificate leads to our own authority', async () => {
  const other = createTestChain();
  const node = chain.node('bankA');
  const port = await listening(
    createTlsServer({
      ca: other.ca,
      cert: node.certificate,
      key: node.key,
      requestCert: true,
      rejectUnauthorized: true,
      maxVersion: 'TLSv1.2',
    }),
  );
  const error = await rejection(transport.dial({ host, port }));
  expect(isPortsError(error, 'AMOP_PORTS_TLS_FAILED') && error.details).toMatchObject({
    reason: 'cut',
    retryable: true,
  });
});

test('the certificate of an application does not do for a port', async () => {
  const port = await openPort(transport);
  const error = await rejection(transport.dial({ host, port: port.listener.port }));
  expect(isPortsError(error, 'AMOP_PORTS_TLS_UNTRUSTED_PEER') && error.details).toMatchObject({
    reason: 'invalid-purpose',
    retryable: false,
  });
});
