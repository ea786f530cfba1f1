import { once } from 'node:events';
import {
  type CommonConnectionOptions,
  connect,
  createServer,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
} from 'node:tls';

/** PEM texts of one identity: who it trusts, what it shows, its key. */
export interface Identity {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * TLS settings that meet an original node, both ends: TLS 1.2 and secp256k1 among the groups (spec
 * 15.1). A secp256k1 certificate cannot be shown over TLS 1.3.
 */
function originalTls(
  identity: Identity,
): SecureContextOptions & Pick<CommonConnectionOptions, 'requestCert' | 'rejectUnauthorized'> {
  return {
    ...identity,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    ecdhCurve: 'prime256v1:secp256k1',
    requestCert: true,
    rejectUnauthorized: true,
  };
}

/**
 * Opens a TLS connection to 127.0.0.1 with {@link originalTls}; host names are not checked.
 *
 * @throws Error when the connection or the handshake fails
 */
export async function dialTls(port: number, identity: Identity): Promise<TLSSocket> {
  const socket = connect({
    ...originalTls(identity),
    host: '127.0.0.1',
    port,
    checkServerIdentity: () => undefined,
  });
  // Node 23.11 and later crash when a secp256k1 certificate becomes the legacy object, and the TLS
  // client asks for that object by itself after each handshake.
  Object.defineProperty(socket, 'getPeerCertificate', { value: () => ({}) });
  await once(socket, 'secureConnect');
  socket.setNoDelay(true);
  return socket;
}

/** Listens on a free port of 127.0.0.1 with {@link originalTls}. */
export async function listenTls(
  identity: Identity,
  onSocket: (socket: TLSSocket) => void,
): Promise<{ server: Server; port: number }> {
  const server = createServer(originalTls(identity), (socket) => {
    socket.setNoDelay(true);
    onSocket(socket);
  });
  server.on('tlsClientError', () => {
    // A refused handshake is the dialling side's to report.
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return { server, port: address.port };
}
