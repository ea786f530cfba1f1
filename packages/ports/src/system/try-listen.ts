import { createServer } from 'node:net';
import type { EndpointDetails } from '../errors.ts';
import { listenFailed } from './listen-failed.ts';

/**
 * Whether a port could be opened now: opens it and closes it at once.
 *
 * @throws PortsError `AMOP_PORTS_LISTEN_FAILED`, as `Transport.listen` would
 */
export function tryListen(endpoint: EndpointDetails): Promise<void> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(listenFailed(endpoint, cause)));
    server.listen({ host: endpoint.host, port: endpoint.port, exclusive: true }, () => {
      server.close(() => resolve());
    });
  });
}
