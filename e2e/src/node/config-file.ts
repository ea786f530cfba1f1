import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the tests vary in a node's `config.ini`. */
export interface ConfigFile {
  readonly channelPort: number;
  readonly p2pPort: number;
  /** The folder has a `config.ini` with these ports: none is written. */
  readonly isThere?: boolean;
  /** p2p ports on 127.0.0.1 that the node dials. */
  readonly peers?: readonly number[];
  /** Reported to SDKs; default 2.11.0, what the recordings were made with. */
  readonly supportedVersion?: string;
  /** Default false. */
  readonly enableCompress?: boolean;
  /** Applications connect with the RSA certificates of `conf/channel_cert`. Default false. */
  readonly rsaChannel?: boolean;
  /** Mbit/s to other nodes; default none. */
  readonly outgoingBandwidthLimit?: number;
  /** Lines of `[amop_permissions]`; default no such section. */
  readonly permissions?: readonly string[];
  /** Lines of `[amop]`; default no such section. */
  readonly amop?: readonly string[];
  /** Lines of `[amop_private_topics]`; default no such section. */
  readonly privateTopics?: readonly string[];
}

/** Writes `config.ini` as build_chain.sh does: indented keys, `;` comments (spec 16). */
export function writeConfigFile(folder: string, config: ConfigFile): void {
  const peers = (config.peers ?? []).map((port, i) => `    node.${i}=127.0.0.1:${port}`);
  const lines = [
    '[rpc]',
    '    channel_listen_ip=127.0.0.1',
    `    channel_listen_port=${config.channelPort}`,
    '    jsonrpc_listen_ip=127.0.0.1',
    '    jsonrpc_listen_port=8545',
    '[p2p]',
    '    listen_ip=127.0.0.1',
    `    listen_port=${config.p2pPort}`,
    `    enable_compress=${config.enableCompress ?? false}`,
    '    ; nodes to connect',
    ...peers,
    '[certificate_blacklist]',
    '    ;crl.0=',
    '[certificate_whitelist]',
    '    ;cal.0=',
    '[group]',
    '    group_data_path=data/',
    '    group_config_path=conf/',
    '[network_security]',
    '    data_path=conf/',
    '    key=node.key',
    '    cert=node.crt',
    '    ca_cert=ca.crt',
    '[storage_security]',
    '    enable=false',
    '[chain]',
    '    id=1',
    '    sm_crypto=false',
    '    sm_crypto_channel=false',
    `    rsa_crypto_channel=${config.rsaChannel ?? false}`,
    '[compatibility]',
    `    supported_version=${config.supportedVersion ?? '2.11.0'}`,
    '[log]',
    '    enable=true',
    '    log_path=./log',
    '    level=info',
    '[flow_control]',
    `    ${config.outgoingBandwidthLimit === undefined ? ';' : ''}outgoing_bandwidth_limit=${config.outgoingBandwidthLimit ?? 2}`,
    ...(config.permissions ? ['[amop_permissions]', ...config.permissions] : []),
    ...(config.amop ? ['[amop]', ...config.amop] : []),
    ...(config.privateTopics ? ['[amop_private_topics]', ...config.privateTopics] : []),
    '',
  ];
  writeFileSync(join(folder, 'config.ini'), lines.join('\n'));
}
