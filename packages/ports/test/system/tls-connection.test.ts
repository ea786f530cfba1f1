import { connect as connectTcp } from 'node:net';
import { connect as connectTls, createServer as createTlsServer, TLSSocket } from 'node:tls';
import {
  createTestChain,
  RecordingHandler,
  SeededRandom,
  type TestCredentials,
  turns,
  VirtualClock,
} from '@amop/testkit';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isPortsError, Outbox, type OutboxMode } from '../../src/index.ts';
import { createTlsTransport, systemClock, systemScheduler } from '../../src/system/index.ts';
import { TlsConnection } from '../../src/system/tls-connection.ts';
import { capturePeerCertificate, identityOf } from '../../src/system/tls-identity.ts';
import { listening, openPort } from './port-fixture.ts';

const chain = createTestChain();
const node = chain.node('bankA');
const transport = createTlsTransport(node);

interface RawPeer {
  readonly socket: TLSSocket;
  readonly tcp: ReturnType<typeof connectTcp>;
  readonly chunks: Buffer[];
}

/** A TLS client of Node itself: no line of ours between it and the wire. */
async function rawPeer(
  port: number,
  credentials: TestCredentials | { readonly ca: string },
  more: { readonly maxVersion?: 'TLSv1.2'; readonly allowHalfOpen?: boolean } = {},
): Promise<RawPeer> {
  const tcp = connectTcp(port, '127.0.0.1');
  tcp.on('error', () => {});
  const socket = connectTls({
    socket: tcp,
    ca: credentials.ca,
    ...('key' in credentials ? { cert: credentials.certificate, key: credentials.key } : {}),
    checkServerIdentity: () => undefined,
    ecdhCurve: 'X25519:prime256v1:secp256k1',
    ...more,
  });
  // On newer Node the function itself ends the process for a secp256k1 certificate.
  Object.defineProperty(socket, 'getPeerCertificate', { value: () => ({ subject: {} }) });
  const chunks: Buffer[] = [];
  socket.on('error', () => {});
  socket.on('data', (chunk) => chunks.push(chunk));
  onTestFinished(() => void socket.destroy());
  await new Promise<void>((resolve) => socket.once('secureConnect', () => resolve()));
  return { socket, tcp, chunks };
}

async function acceptedFrom(
  profile: 'p256' | 'secp256k1',
  more: { readonly maxVersion?: 'TLSv1.2'; readonly allowHalfOpen?: boolean } = {},
): Promise<{ readonly peer: RawPeer; readonly handler: RecordingHandler }> {
  const own = profile === 'p256' ? chain : createTestChain({ profile });
  const port = await openPort(createTlsTransport(own.node('bankA')));
  const limited = profile === 'secp256k1' ? { ...more, maxVersion: 'TLSv1.2' as const } : more;
  const peer = await rawPeer(port.listener.port, own.sdk('bankA'), limited);
  const [connection] = await port.accepted();
  if (connection === undefined) throw new Error('nothing was accepted');
  return { peer, handler: new RecordingHandler(connection) };
}

async function framesThrough(
  mode: OutboxMode,
  profile: 'p256' | 'secp256k1',
): Promise<{ readonly sent: Uint8Array[]; readonly chunks: Buffer[] }> {
  const { peer, handler } = await acceptedFrom(profile);
  const outbox = new Outbox(
    { mode },
    { connection: handler.connection, scheduler: systemScheduler },
  );
  handler.onFlushed = () => outbox.handleDrain();
  const random = new SeededRandom(9);
  const sent = Array.from({ length: 100 }, (_, index) =>
    new Uint8Array(index % 10 === 0 ? 16_384 : 42 + random.below(3_000)).fill(index),
  );
  for (const frame of sent) {
    const slot = outbox.open(frame.length);
    slot.bytes.set(frame, slot.offset);
  }
  const total = sent.reduce((sum, { length }) => sum + length, 0);
  while (peer.chunks.reduce((sum, { length }) => sum + length, 0) < total) await turns(1);
  return { sent, chunks: peer.chunks };
}

test.each(['p256', 'secp256k1'] as const)(
  'record mode: 100 frames queued in one turn arrive as 100 chunks (%s)',
  async (profile) => {
    const { sent, chunks } = await framesThrough('record', profile);
    expect(chunks.map(({ length }) => length)).toEqual(sent.map(({ length }) => length));
    expect(chunks.every((chunk, index) => chunk.every((byte) => byte === index))).toBe(true);
  },
);

test('batch mode: the same frames arrive in the same order in fewer chunks', async () => {
  const { sent, chunks } = await framesThrough('batch', 'p256');
  expect(Buffer.concat(chunks).equals(Buffer.concat(sent))).toBe(true);
  expect(chunks.length).toBeLessThan(60);
});

test.each([
  ['p256', 'TLSv1.3'],
  ['secp256k1', 'TLSv1.2'],
] as const)(
  'a port with a %s certificate speaks %s to a peer that speaks both',
  async (profile, version) => {
    const own = createTestChain({ profile });
    const port = await openPort(createTlsTransport(own.node('bankA')));
    const peer = await rawPeer(port.listener.port, own.sdk('bankA'));
    expect(peer.socket.getProtocol()).toBe(version);
    await port.accepted();
  },
);

test('dialling never makes the legacy certificate object, which crashes newer Node', async () => {
  const own = createTestChain({ profile: 'secp256k1' });
  const credentials = own.node('bankA');
  const secp = createTlsTransport(credentials);
  const port = await openPort(secp);
  const legacy = vi.spyOn(TLSSocket.prototype, 'getPeerCertificate').mockImplementation(() => {
    throw new Error('must not be called');
  });
  onTestFinished(() => legacy.mockRestore());
  const dialed = await secp.dial({ host: '127.0.0.1', port: port.listener.port });
  expect(dialed.identity.nodeId).toBe(credentials.nodeId);
  expect(legacy).not.toHaveBeenCalled();
  dialed.destroy();
});

test('the captured certificate can be asked for again and again', async () => {
  const port = await openPort(transport);
  const sdk = chain.sdk('bankB');
  const socket = connectTls({
    host: '127.0.0.1',
    port: port.listener.port,
    ca: sdk.ca,
    cert: sdk.certificate,
    key: sdk.key,
    checkServerIdentity: () => undefined,
  });
  onTestFinished(() => void socket.destroy());
  const captured = capturePeerCertificate(socket);
  await new Promise<void>((resolve) => socket.once('secureConnect', () => resolve()));
  const first = captured();
  expect(first).toBeDefined();
  expect(captured()).toBe(first);
  expect(Object.keys(socket.getPeerCertificate())).toEqual(['subject', 'subjectaltname', 'raw']);
});

test('TLS 1.3: a refusal of our certificate after the handshake comes with onClose', async () => {
  // A server that refuses by an alert of OpenSSL, as others than ours do.
  const server = createTlsServer({
    ca: chain.ca,
    cert: node.certificate,
    key: node.key,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const port = await listening(server);
  const peer = await rawPeer(port, { ca: chain.ca });
  expect(peer.socket.getProtocol()).toBe('TLSv1.3');
  const leaf = peer.socket.getPeerX509Certificate();
  if (leaf === undefined) throw new Error('no certificate');
  const connection = new TlsConnection(
    peer.socket,
    {
      identity: identityOf(leaf, []),
      remoteHost: '127.0.0.1',
      remotePort: port,
      closeTimeoutMs: 5_000,
    },
    { clock: systemClock, explainSilentEnd: () => undefined },
  );
  connection.write(new Uint8Array(200));
  const handler = new RecordingHandler(connection);
  const error = await handler.closed();
  expect(isPortsError(error, 'AMOP_PORTS_TLS_REFUSED_BY_PEER') && error.details).toEqual({
    host: '127.0.0.1',
    port,
    alert: 'certificate-required',
    retryable: false,
  });
  expect(handler.events).not.toContain('data');
});

test('a reset by the other side', async () => {
  const { peer, handler } = await acceptedFrom('p256');
  peer.socket.write('hello');
  await handler.received(5);
  peer.tcp.resetAndDestroy();
  const error = await handler.closed();
  expect(isPortsError(error, 'AMOP_PORTS_CONNECTION_LOST') && error.details).toEqual({
    host: '127.0.0.1',
    port: handler.connection.remotePort,
    reason: 'reset',
    retryable: true,
  });
});

test('bytes that are not TLS break the connection, and only that', async () => {
  const { peer, handler } = await acceptedFrom('p256');
  peer.socket.write('hello');
  await handler.received(5);
  // The header of a record of 32 bytes that no key of this connection made.
  peer.tcp.write(Uint8Array.of(0x17, 0x03, 0x03, 0x00, 0x20));
  peer.tcp.write(new Uint8Array(32).fill(7));
  const error = await handler.closed();
  expect(error?.code).toBe('AMOP_PORTS_CONNECTION_LOST');
  expect(error?.details).toMatchObject({ reason: 'decryption-failed-or-bad-record-mac' });
});

test('a half-open peer that has ended still gets what was queued', async () => {
  const { peer, handler } = await acceptedFrom('p256', { allowHalfOpen: true });
  handler.connection.pause();
  peer.socket.end('question');
  await turns(10);
  const ended = new Promise((resolve) => peer.socket.once('end', resolve));
  const answer = new SeededRandom(4).bytes(3_000_000);
  handler.onChunk = () => handler.connection.write(answer);
  handler.connection.resume();
  expect(await handler.closed()).toBeUndefined();
  await ended;
  expect(Buffer.concat(peer.chunks).equals(Buffer.from(answer))).toBe(true);
});

test('a half-open peer that takes nothing is given up in time', async () => {
  const clock = new VirtualClock();
  const port = await openPort(createTlsTransport(node, { clock, closeTimeoutMs: 800 }));
  const peer = await rawPeer(port.listener.port, chain.sdk('bankA'), { allowHalfOpen: true });
  const [connection] = await port.accepted();
  if (connection === undefined) throw new Error('nothing was accepted');
  const handler = new RecordingHandler(connection);
  peer.socket.pause();
  for (let piece = 0; piece < 48; piece += 1) connection.write(new Uint8Array(1024 * 1024));
  peer.socket.end();
  while (clock.timers === 0) await turns(1);
  clock.advance(799);
  await turns(20);
  expect(handler.closes).toBe(0);
  clock.advance(1);
  expect((await handler.closed())?.details).toMatchObject({ reason: 'close-timeout' });
  expect(clock.timers).toBe(0);
});

test('an end without the word of TLS is an end', async () => {
  const { peer, handler } = await acceptedFrom('p256');
  peer.socket.write('hello');
  await handler.received(5);
  peer.tcp.end();
  expect(await handler.closed()).toBeUndefined();
});

test('a paused connection stops reading: the other side cannot get rid of its bytes', async () => {
  const { peer, handler } = await acceptedFrom('p256');
  peer.socket.write('hello');
  await handler.received(5);
  handler.connection.pause();
  peer.socket.write(new Uint8Array(48 * 1024 * 1024));
  await turns(400);
  expect(handler.bytes).toBe(5);
  expect(peer.socket.writableLength).toBeGreaterThan(0);
  handler.connection.resume();
  await handler.received(5 + 48 * 1024 * 1024);
});
