import { isPortsError } from '@amop/ports';
import { expect, test } from 'vitest';
import { type ComplianceParties, dialPort, openPair, openPort } from './compliance-pair.ts';
import { RecordingHandler, turns } from './recording-handler.ts';

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Who connects to whom, and who does not. */
export function openingCases(parties: () => ComplianceParties): void {
  test('each side sees who the other one is and where', async () => {
    const { dialed, accepted, port } = await openPair(parties());
    expect(dialed.identity).toMatchObject(parties().listener.identity);
    expect(accepted.identity).toMatchObject(parties().dialer.identity);
    expect(dialed.identity.fingerprint256).toMatch(/^[0-9a-f]{64}$/);
    expect(dialed.identity.validToMs).toBeGreaterThan(parties().clock.wallMs());
    expect([dialed.remoteHost, dialed.remotePort]).toEqual([parties().host, port.listener.port]);
    expect(accepted.remoteHost).toBe(parties().host);
    expect(accepted.remotePort).toBeGreaterThan(0);
    expect(port.refusals).toEqual([]);
  });

  test('nobody listens: dialling fails and may be tried again', async () => {
    const port = await openPort(parties());
    await port.listener.close();
    const { host, dialer } = parties();
    const error = await errorOf(dialer.transport.dial({ host, port: port.listener.port }));
    expect(isPortsError(error, 'AMOP_PORTS_DIAL_FAILED') && error.details).toMatchObject({
      host,
      port: port.listener.port,
      reason: 'refused',
      retryable: true,
    });
  });

  test('a signal that is aborted already ends dialling', async () => {
    const port = await openPort(parties());
    const { host, dialer } = parties();
    const signal = AbortSignal.abort();
    const error = await errorOf(dialer.transport.dial({ host, port: port.listener.port, signal }));
    expect(isPortsError(error, 'AMOP_PORTS_ABORTED') && error.details.retryable).toBe(true);
  });

  test('a signal ends dialling on the way and the port goes on', async () => {
    const port = await openPort(parties());
    const { host, dialer } = parties();
    const controller = new AbortController();
    const { signal } = controller;
    const dialling = errorOf(dialer.transport.dial({ host, port: port.listener.port, signal }));
    controller.abort();
    expect(isPortsError(await dialling, 'AMOP_PORTS_ABORTED')).toBe(true);
    const next = new RecordingHandler(await dialPort(dialer.transport, port, host));
    next.connection.close();
    expect(next.closes).toBe(0);
  });

  test('a signal does not touch a connection that is open', async () => {
    const port = await openPort(parties());
    const { host, dialer } = parties();
    const controller = new AbortController();
    const dialed = await dialer.transport.dial({
      host,
      port: port.listener.port,
      signal: controller.signal,
    });
    const left = new RecordingHandler(dialed);
    const right = new RecordingHandler(await port.accepted());
    controller.abort();
    dialed.write(Uint8Array.of(1));
    await right.received(1);
    expect(left.closes).toBe(0);
    dialed.destroy();
  });

  test('a party that is not trusted is refused and told of', async () => {
    const port = await openPort(parties());
    const { host, stranger } = parties();
    const refusal = port.refused();
    // With TLS 1.3 the refusal comes after dialling.
    const error = await errorOf(
      stranger.dial({ host, port: port.listener.port }).then(async (connection) => {
        const late = await new RecordingHandler(connection).closed();
        if (late !== undefined) throw late;
      }),
    );
    expect(await refusal).toMatchObject({
      code: 'AMOP_PORTS_TLS_UNTRUSTED_PEER',
      remoteHost: host,
    });
    expect(isPortsError(error, 'AMOP_PORTS_TLS_REFUSED_BY_PEER')).toBe(true);
    expect(isPortsError(error) && error.details.retryable).toBe(false);
    expect(port.acceptedCount).toBe(0);
    expect(port.refusals).toHaveLength(1);
  });

  test('a port that is not trusted is not connected to', async () => {
    const port = await openPort(parties());
    const { host, distrustful } = parties();
    const error = await errorOf(distrustful.dial({ host, port: port.listener.port }));
    expect(isPortsError(error, 'AMOP_PORTS_TLS_UNTRUSTED_PEER')).toBe(true);
    expect(isPortsError(error) && error.details.retryable).toBe(false);
  });

  test('a port in use cannot be opened again', async () => {
    const port = await openPort(parties());
    const again = openPort(parties(), { port: port.listener.port });
    const error = await errorOf(again);
    expect(isPortsError(error, 'AMOP_PORTS_LISTEN_FAILED') && error.details).toMatchObject({
      port: port.listener.port,
      reason: 'address-in-use',
      retryable: true,
    });
  });

  test('a closed port refuses new connections and keeps the open ones', async () => {
    const { dialed, accepted, port } = await openPair(parties());
    const left = new RecordingHandler(dialed);
    const right = new RecordingHandler(accepted);
    await port.listener.close();
    await port.listener.close();
    const { host, dialer } = parties();
    const error = await errorOf(dialer.transport.dial({ host, port: port.listener.port }));
    expect(isPortsError(error, 'AMOP_PORTS_DIAL_FAILED')).toBe(true);
    dialed.write(Uint8Array.of(5));
    await right.received(1);
    accepted.write(Uint8Array.of(6));
    await left.received(1);
    expect([left.closes, right.closes]).toEqual([0, 0]);
  });

  test('a closed port can be opened again at once', async () => {
    const first = await openPort(parties());
    await first.listener.close();
    const second = await openPort(parties(), { port: first.listener.port });
    const { host, dialer } = parties();
    new RecordingHandler(await dialPort(dialer.transport, second, host)).connection.write(
      Uint8Array.of(1),
    );
    await new RecordingHandler(await second.accepted()).received(1);
    expect(second.listener.port).toBe(first.listener.port);
    await turns(1);
  });
}
