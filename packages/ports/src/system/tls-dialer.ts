import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { Clock } from '../clock.ts';
import { type EndpointDetails, isPortsError, PortsError } from '../errors.ts';
import type { DialOptions } from '../transport.ts';
import { dialTcp } from './tcp-dialer.ts';
import { remoteEndpoint } from './tcp-options.ts';
import { TlsConnection } from './tls-connection.ts';
import type { TlsContexts } from './tls-context.ts';
import {
  handshakeFailed,
  mapHandshakeError,
  refusedByPeer,
  untrustedPeer,
  verdictOf,
} from './tls-errors.ts';
import { capturePeerCertificate, identityOf } from './tls-identity.ts';

/** What dialling works with. */
export interface TlsDialDependencies {
  readonly clock: Clock;
  readonly contexts: TlsContexts;
  readonly closeTimeoutMs: number;
}

/** Opens a TCP connection and authenticates both sides. Errors: see `Transport.dial`. */
export async function dialTls(
  options: DialOptions,
  dependencies: TlsDialDependencies,
): Promise<TlsConnection> {
  const { host, port, signal, timeoutMs = 10_000 } = options;
  const endpoint = { host, port };
  const { clock } = dependencies;
  const stop = new AbortController();
  let connected = false;
  const timer = clock.setTimer(() => {
    stop.abort(connected ? handshakeFailed(endpoint, 'timed-out') : dialTimeout(endpoint));
  }, timeoutMs);
  const onAbort = () => stop.abort(aborted(endpoint, signal?.reason));
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    stop.signal.throwIfAborted();
    const raw = await dialTcp(endpoint, stop.signal, clock);
    connected = true;
    return await secure(raw, endpoint, stop.signal, dependencies);
  } finally {
    clock.clearTimer(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function secure(
  raw: Socket,
  endpoint: EndpointDetails,
  signal: AbortSignal,
  { clock, contexts, closeTimeoutMs }: TlsDialDependencies,
): Promise<TlsConnection> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      raw.destroy();
      reject(signal.reason);
      return;
    }
    const socket = connect({
      socket: raw,
      secureContext: contexts.client,
      rejectUnauthorized: true,
      // Certificates of this network carry no host names: the chain is what counts (spec 15.1).
      checkServerIdentity: () => undefined,
    });
    const peerCertificate = capturePeerCertificate(socket);
    const fail = (error: unknown) => {
      reject(error);
      socket.destroy();
    };
    const onAbort = () => fail(signal.reason);
    const onError = (error: Error) => fail(explainFailure(error, socket, raw, endpoint, contexts));
    const onClose = () => fail(handshakeFailed(endpoint, 'cut'));
    signal.addEventListener('abort', onAbort, { once: true });
    // Stays: whatever the socket reports after it has failed is known already.
    socket.on('error', onError);
    socket.once('close', onClose);
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', onAbort);
      const leaf = peerCertificate();
      if (leaf === undefined) return fail(untrustedPeer(endpoint, 'no-certificate'));
      try {
        const remote = remoteEndpoint(raw) ?? endpoint;
        const connection = new TlsConnection(
          socket,
          {
            identity: identityOf(leaf, contexts.authorities),
            remoteHost: remote.host,
            remotePort: remote.port,
            closeTimeoutMs,
          },
          { clock, explainSilentEnd: () => explainSilence(endpoint, contexts) },
        );
        socket.off('error', onError).off('close', onClose);
        resolve(connection);
      } catch {
        fail(untrustedPeer(endpoint, 'unreadable-certificate'));
      }
    });
  });
}

function explainFailure(
  error: Error,
  socket: TLSSocket,
  raw: Socket,
  endpoint: EndpointDetails,
  contexts: TlsContexts,
): PortsError {
  // Set by Node when OpenSSL's verdict on the certificate was no.
  if (socket.authorizationError) {
    return untrustedPeer(endpoint, verdictOf(socket.authorizationError));
  }
  const mapped = mapHandshakeError(error, endpoint);
  const isCut = isPortsError(mapped, 'AMOP_PORTS_TLS_FAILED') && mapped.details.reason === 'cut';
  // A Node server verifies after the handshake and hangs up without an alert; with TLS 1.2 the
  // client sees that as a handshake cut short after the server has spoken.
  if (isCut && raw.bytesRead > 0 && !contexts.leadsToOwnCa) {
    return refusedByPeer(endpoint, 'none', error);
  }
  return mapped;
}

/** A peer that ends without ever having sent a byte has refused us, if there is a reason to. */
function explainSilence(endpoint: EndpointDetails, contexts: TlsContexts): PortsError | undefined {
  return contexts.leadsToOwnCa ? undefined : refusedByPeer(endpoint, 'none');
}

function dialTimeout(endpoint: EndpointDetails): PortsError {
  return new PortsError(
    'AMOP_PORTS_DIAL_FAILED',
    `No connection to ${endpoint.host} port ${endpoint.port}: timeout.`,
    { ...endpoint, reason: 'timeout', retryable: true },
  );
}

function aborted(endpoint: EndpointDetails, cause: unknown): PortsError {
  return new PortsError(
    'AMOP_PORTS_ABORTED',
    `Connecting to ${endpoint.host} port ${endpoint.port} was aborted.`,
    { ...endpoint, retryable: true },
    { cause },
  );
}
