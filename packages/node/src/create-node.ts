import { isPortsError, type Logger, silentLogger } from '@amop/ports';
import {
  createTlsTransport,
  systemClock,
  systemRandom,
  systemScheduler,
  type TlsTransport,
} from '@amop/ports/system';
import { AmopNode } from './amop-node.ts';
import type { Credentials, NodeConfig } from './config/node-config.ts';
import { NodeError } from './errors.ts';

/**
 * A node on real sockets.
 *
 * @throws NodeError `AMOP_NODE_CREDENTIALS` when certificate, key and CA do not fit together
 *
 * @example
 * const node = createNode(loadNodeConfig('node0/config.ini'));
 * await node.start();
 */
export function createNode(
  config: NodeConfig,
  dependencies: { readonly logger?: Logger } = {},
): AmopNode {
  const { channel, p2p } = config;
  const create = (credentials: Credentials): TlsTransport =>
    createTlsTransport(credentials, { requireOwnChain: true });
  const channelTransport = usable(channel.credentials, 'channel', create);
  const p2pTransport = usable(p2p.credentials, 'p2p', create);
  return new AmopNode(config, {
    clock: systemClock,
    random: systemRandom,
    scheduler: systemScheduler,
    channelTransport,
    p2pTransport,
    replaceCredentials: (next) => {
      // Looked at first, so that neither port changes if the other one's are broken.
      usable(next.channel.credentials, 'channel', create);
      usable(next.p2p.credentials, 'p2p', (credentials) =>
        p2pTransport.replaceCredentials(credentials),
      );
      channelTransport.replaceCredentials(next.channel.credentials);
    },
    logger: dependencies.logger ?? silentLogger,
  });
}

/** What `use` makes of the credentials; what is wrong with them is said with the file and the fix. */
function usable<Result>(
  credentials: Credentials,
  name: string,
  use: (credentials: Credentials) => Result,
): Result {
  try {
    return use(credentials);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const file = isPortsError(cause, 'AMOP_PORTS_CREDENTIALS')
      ? credentials.files?.[cause.details.part]
      : undefined;
    const fix = 'check that key, cert and ca_cert in [network_security] belong together';
    throw new NodeError(
      'AMOP_NODE_CREDENTIALS',
      `${file ?? `${name} port`}: ${reason}`,
      { fix, ...(file !== undefined && { file }) },
      cause,
    );
  }
}
