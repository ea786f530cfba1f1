import type { Socket } from 'node:net';
import type { EndpointDetails } from '../errors.ts';

const IPV4_MAPPED = '::ffff:';

/** How every TCP socket of the transport is set: no Nagle, keep-alive probes after 30 s of silence. */
export const TCP_OPTIONS: {
  readonly noDelay: boolean;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelay: number;
} = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };

/**
 * The other side of a socket, an IPv4 address written as such also on a port open for both kinds;
 * `undefined` when the socket is gone.
 */
export function remoteEndpoint(socket: Socket): EndpointDetails | undefined {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  const isMapped = remoteAddress.startsWith(IPV4_MAPPED) && remoteAddress.includes('.');
  return {
    host: isMapped ? remoteAddress.slice(IPV4_MAPPED.length) : remoteAddress,
    port: remotePort,
  };
}
