import { isPortsError, type Logger, silentLogger } from '@amop/ports';
import { createTlsTransport, systemClock, systemRandom, systemScheduler } from '@amop/ports/system';
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
  return new AmopNode(config, {
    clock: systemClock,
    random: systemRandom,
    scheduler: systemScheduler,
    channelTransport: transportOf(config.channel.credentials, 'channel'),
    p2pTransport: transportOf(config.p2p.credentials, 'p2p'),
    logger: dependencies.logger ?? silentLogger,
  });
}

function transportOf(
  credentials: Credentials,
  name: string,
): ReturnType<typeof createTlsTransport> {
  try {
    return createTlsTransport(credentials, { requireOwnChain: true });
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
