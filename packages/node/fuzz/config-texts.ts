import { DEFAULT_NODE_LIMITS } from '../src/index.ts';

const NODE_ID = 'ab'.repeat(64);
const FINGERPRINT = 'cd'.repeat(32);

/** Configurations to begin with: as the original writes them, and with all that is ours. */
export const NODE_CONFIGS: readonly string[] = [
  [
    '[rpc]',
    'channel_listen_ip=127.0.0.1',
    'channel_listen_port=20205',
    'jsonrpc_listen_port=8545',
    '[p2p]',
    'listen_ip=0.0.0.0',
    'listen_port=30305 ; where other nodes connect',
    ';enable_compress=true',
    'node.0=127.0.0.1:30300',
    'node.1=[::1]:30301',
    '[certificate_blacklist]',
    `crl.0=0x${NODE_ID}`,
    '[network_security]',
    'data_path=conf/',
    '[chain]',
    'id=7',
    '[compatibility]',
    'supported_version=2.11.0',
  ].join('\n'),
  [
    '[amop]',
    'admin_listen_port=9000',
    'audit_log=audit.log',
    'max_sessions=5',
    'passphrase_file=conf/node.key',
    '[amop_permissions]',
    'default.publish=a, b*',
    'agency:bank.subscribe=*',
    `certificate:${FINGERPRINT}.publish=`,
    '[amop_sdk_blacklist]',
    `crl.0=${FINGERPRINT}`,
    '[flow_control]',
    'outgoing_bandwidth_limit=2.5',
    '[secure]',
    'check_cert_issuer=false',
  ].join('\r\n'),
  '[amop]\ncrl_file=conf/empty\n[chain]\nrsa_crypto_channel=true\nsm_crypto=false\n',
];

const SECTIONS = [
  ...[
    'amop',
    'amop_permissions',
    'amop_sdk_blacklist',
    'amop_sdk_whitelist',
    'cal',
    'chain',
    'crl',
  ],
  ...[
    'certificate_blacklist',
    'certificate_whitelist',
    'compatibility',
    'consensus',
    'flow_control',
  ],
  ...['network_security', 'p2p', 'rpc', 'secure', '__proto__', 'constructor', 'a.b', 'p2p.x'],
];
const KEYS = [
  ...['admin_listen_ip', 'admin_listen_port', 'audit_log', 'crl_file', 'passphrase_file', 'id'],
  ...['channel_listen_ip', 'channel_listen_port', 'listen_ip', 'listen_port', 'enable_compress'],
  ...['node.0', 'node.1', 'crl.0', 'cal.0', 'data_path', 'ca_cert', 'cert', 'key', 'ca_path'],
  ...['check_cert_issuer', 'rsa_crypto_channel', 'sm_crypto', 'supported_version', '__proto__'],
  ...['outgoing_bandwidth_limit', 'default.publish', 'agency:a.subscribe', 'hasOwnProperty', 'a[]'],
  ...Object.keys(DEFAULT_NODE_LIMITS).map((name) =>
    name.replace(/[A-Z]/g, (up) => `_${up.toLowerCase()}`),
  ),
];
const VALUES = [
  ...['true', 'false', '0', '-1', '1e9', '65536', '1025', '2147483648', '127.0.0.1:1', '*', 'a*b'],
  ...['"', "'", '"a', '\\', '{}', '[]', '; x', '# x', '\u2028', '\ufeff', '\u0000', '\r', NODE_ID],
];

/** Lines and parts of lines that mean something. */
export const NODE_CONFIG_WORDS: readonly string[] = [
  ...SECTIONS.map((name) => `\n[${name}]\n`),
  ...KEYS.flatMap((name) => [`\n${name}=`, `${name}\n`]),
  ...VALUES,
];
