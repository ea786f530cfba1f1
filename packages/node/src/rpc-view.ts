import type { PeerInfo, TopicName } from '@amop/codec';
import { formatHostPort } from './config/host-port.ts';
import type { NodeContext } from './node-context.ts';
import type { PeerHost } from './peer/peer-host.ts';
import type { RpcView } from './session/json-rpc.ts';
import { visibleTopics, visibleTopicsOfPeer } from './session/visible-topics.ts';

/** What applications may ask about the node, as the original tells it (spec 9). */
export function createRpcView(context: NodeContext, peers: PeerHost): RpcView {
  const { config, nodeId, table } = context;
  return {
    supportedVersion: config.supportedVersion,
    chainId: config.chainId,
    groups: config.groups,
    nodeId,
    nodeInfo: (session) => ({
      Agency: context.identity.issuerCommonName,
      IPAndPort: formatHostPort(peers.address),
      Node: context.identity.commonName,
      NodeID: nodeId,
      Topic: visibleTopics(table.topics(), table.topicsOf(session)),
    }),
    peers: (session) => peerInfos(peers, table.topicsOf(session)),
  };
}

function peerInfos(peers: PeerHost, own: ReadonlySet<TopicName>): PeerInfo[] {
  return [...peers.active()].map(({ link, nodeId, sync }) => {
    const { identity, remoteHost, remotePort } = link.connection;
    return {
      Agency: identity.issuerCommonName,
      IPAndPort: `${remoteHost}:${remotePort}`,
      Node: identity.commonName,
      NodeID: nodeId,
      Topic: visibleTopicsOfPeer(sync.topics().keys(), own),
    };
  });
}
