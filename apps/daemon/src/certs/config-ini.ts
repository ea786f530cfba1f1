import { formatEndpoint, type PlannedNode, type Profile } from './plan.ts';

const RSA_CHANNEL = `    ; applications connect with RSA certificates: the three files in channel_cert of the folder above
    rsa_crypto_channel=true
`;

/** What stands behind the semicolon where no admin port is wanted. */
const DEFAULT_ADMIN_PORT = 20_400;

/**
 * Text of the `config.ini` of `node`, in the form and with the key names of the original.
 *
 * @param nodes all nodes of the network, `node` among them: a node recognises its own entry
 * @see spec 16
 */
export function formatConfigIni(
  node: PlannedNode,
  nodes: readonly Pick<PlannedNode, 'host' | 'p2pPort'>[],
  profile: Profile,
): string {
  const endpoints = nodes.map(
    (other, index) => `    node.${index}=${formatEndpoint(other.host, other.p2pPort)}`,
  );
  return `; ${node.name} of ${node.agency}. Start it with: amopd --config <this file>

[rpc]
    ; applications of this agency connect here, with the files of the sdk folder
    channel_listen_ip=${node.listenHost}
    channel_listen_port=${node.channelPort}

[p2p]
    ; the other nodes connect here
    listen_ip=${node.listenHost}
    listen_port=${node.p2pPort}
    ; all nodes of the network; the entry of this node does no harm
${endpoints.join('\n')}

[certificate_blacklist]
    ; node IDs that are refused on p2p: crl.0=<128 hex digits>

[certificate_whitelist]
    ; the only node IDs that are accepted on p2p, if there is any: cal.0=<128 hex digits>

[network_security]
    ; folder of the three files below, seen from this file
    data_path=conf/
    key=node.key
    cert=node.crt
    ca_cert=ca.crt

[amop]
    ; metrics, health, amop top: an HTTP port on loopback, for this machine alone
    ${node.adminPort === undefined ? '; ' : ''}admin_listen_port=${node.adminPort ?? DEFAULT_ADMIN_PORT}

[chain]
    id=1
${profile === 'rsa' ? RSA_CHANNEL : ''}
[compatibility]
    supported_version=2.9.1

[log]
    ; for an original node; amopd logs to standard output and takes --log-level
    level=info
`;
}
