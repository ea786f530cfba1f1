import { type Logger, silentLogger } from '@amop/ports';
import {
  createTlsTransport,
  systemClock,
  systemRandom,
  systemScheduler,
  type TlsTransport,
} from '@amop/ports/system';
import { AmopNode } from './amop-node.ts';
import { checkValidity } from './config/check-validity.ts';
import { credentialsError } from './config/credentials-error.ts';
import type { Credentials, NodeConfig } from './config/node-config.ts';
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
  const create = (credentials: Credentials): TlsTransport => {
    const transport = createTlsTransport(credentials, { requireOwnChain: true });
    checkValidity(credentials, systemClock.wallMs());
    return transport;
  };
  const channelTransport = usable(channel.credentials, 'channel', create);
  const p2pTransport = usable(p2p.credentials, 'p2p', create);
  return new AmopNode(config, {
    clock: systemClock,
    random: systemRandom,
    scheduler: systemScheduler,
    channelTransport,
    p2pTransport,
    replaceCredentials: (next) => {
      // Looked at first, so that neither port changes if those of one are broken.
      usable(next.channel.credentials, 'channel', create);
      usable(next.p2p.credentials, 'p2p', create);
      p2pTransport.replaceCredentials(next.p2p.credentials);
      channelTransport.replaceCredentials(next.channel.credentials);
    },
    logger: dependencies.logger ?? silentLogger,
    audit: dependencies.audit,
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
    throw credentialsError(credentials, name, cause);
  }
}
