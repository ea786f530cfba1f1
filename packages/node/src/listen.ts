import {
  type Connection,
  isPortsError,
  type Listener,
  type Refusal,
  type Transport,
} from '@amop/ports';
import { formatHostPort } from './config/host-port.ts';
import type { HostPort } from './config/node-config.ts';
import { NodeError } from './errors.ts';
import type { NodeContext } from './node-context.ts';

/** A port of the node and what happens on it. */
export interface PortHandlers {
  /** `channel` or `p2p`, for messages. */
  readonly name: string;
  onConnection(connection: Connection): void;
  onRefused(refusal: Refusal): void;
}

/**
 * Opens one port of the node.
 *
 * @throws NodeError `AMOP_NODE_LISTEN`, naming the address and what to do
 */
export async function listen(
  transport: Transport,
  context: NodeContext,
  at: HostPort,
  handlers: PortHandlers,
): Promise<Listener> {
  const { limits } = context;
  const { host, port } = at;
  try {
    return await transport.listen({
      host,
      port,
      // Looked up at each handshake: a reload changes them.
      get handshakeTimeoutMs() {
        return limits.handshakeTimeoutMs;
      },
      get maxHandshakes() {
        return limits.maxHandshakes;
      },
      onConnection: (connection) => handlers.onConnection(connection),
      onRefused: (refusal) => handlers.onRefused(refusal),
      onError: (error) => context.logger.error({ err: error }, `${handlers.name} port failed`),
    });
  } catch (cause) {
    throw listenError(handlers.name, at, cause);
  }
}

/**
 * The error for a port that cannot be opened, with what to do.
 *
 * @param name `channel` or `p2p`
 * @param cause what the transport has thrown
 */
export function listenError(name: string, at: HostPort, cause: unknown): NodeError {
  const { host, port } = at;
  const isPorts = isPortsError(cause, 'AMOP_PORTS_LISTEN_FAILED');
  const said = cause instanceof Error ? cause.message : String(cause);
  const reason = isPorts && cause.details.reason !== 'failed' ? cause.details.reason : said;
  return new NodeError(
    'AMOP_NODE_LISTEN',
    `cannot open the ${name} port ${formatHostPort(at)}: ${reason}`,
    { host, port, fix: fixOf(name, cause, port) },
    cause,
  );
}

function fixOf(name: string, cause: unknown, port: number): string {
  const [ipKey, portKey] =
    name === 'channel'
      ? ['channel_listen_ip in [rpc]', 'channel_listen_port in [rpc]']
      : ['listen_ip in [p2p]', 'listen_port in [p2p]'];
  const reason = isPortsError(cause, 'AMOP_PORTS_LISTEN_FAILED') ? cause.details.reason : 'failed';
  if (reason === 'address-in-use')
    return `stop what uses the port (\`lsof -i :${port}\` or \`ss -ltnp\` names it), or set another ${portKey}`;
  if (reason === 'not-permitted') return `set ${portKey} above 1024`;
  return `set ${ipKey} to an address of this machine, or to 0.0.0.0 for all of them`;
}
