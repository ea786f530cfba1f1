import { type Logger, silentLogger } from '@amop/ports';
import { systemClock, systemRandom, systemScheduler } from '@amop/ports/system';
import { AmopNode } from './amop-node.ts';
import type { NodeConfig } from './config/node-config.ts';
import { transportOf } from './config/transport-of.ts';
import type { AuditSink } from './sight/audit.ts';

/**
 * A node on real sockets.
 *
 * @throws NodeError `AMOP_NODE_CREDENTIALS` when certificate, key and CA do not fit together or are not
 *   valid today
 *
 * @example
 * const node = createNode(loadNodeConfig('node0/config.ini'));
 * await node.start();
 */
export function createNode(
  config: NodeConfig,
  dependencies: { readonly logger?: Logger; readonly audit?: AuditSink | undefined } = {},
): AmopNode {
  const { channel, p2p } = config;
  const channelTransport = transportOf(channel.credentials, 'channel');
  const p2pTransport = transportOf(p2p.credentials, 'p2p');
  return new AmopNode(config, {
    clock: systemClock,
    random: systemRandom,
    scheduler: systemScheduler,
    channelTransport,
    p2pTransport,
    replaceCredentials: (next) => {
      // Looked at first, so that neither port changes if those of one are broken.
      transportOf(next.channel.credentials, 'channel');
      transportOf(next.p2p.credentials, 'p2p');
      p2pTransport.replaceCredentials(next.p2p.credentials);
      channelTransport.replaceCredentials(next.channel.credentials);
    },
    logger: dependencies.logger ?? silentLogger,
    audit: dependencies.audit,
  });
}
