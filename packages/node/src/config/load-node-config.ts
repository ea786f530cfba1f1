import { systemClock } from '@amop/ports/system';
import { z } from 'zod';
import { NodeError } from '../errors.ts';
import { type ConfigWarning, formatWarning } from './config-warning.ts';
import { parseHostPort } from './host-port.ts';
import { IniFile } from './ini-file.ts';
import type { HostPort, NodeConfig } from './node-config.ts';
import { type ReadOptions, readNodeCredentials } from './read-credentials.ts';
import { readLimits } from './read-limits.ts';
import { readFingerprints, readNodeIds } from './read-lists.ts';
import { readPermissions } from './read-permissions.ts';
import { readRevocations } from './read-revocations.ts';
import { readAdmin, readAuditLog } from './read-sight.ts';

/** Keys of the original that mean nothing to a node without a chain: read by nobody, not worth a warning. */
const CHAIN_SECTIONS = [
  'consensus',
  'executor',
  'group',
  'log',
  'pubkey',
  'storage',
  'storage_security',
  'sync',
  'tx_pool',
  'tx_execute',
];
const CHAIN_KEYS = [
  'flow_control.limit_req',
  'rpc.channel_thread_count',
  'rpc.disable_dynamic_group',
  'rpc.jsonrpc_listen_ip',
  'rpc.jsonrpc_listen_port',
  'p2p.peers_param_limit',
  'p2p.max_nodes_limit',
  'p2p.connection_warning',
];

/** Mbit as the original counts it (spec 17), in bytes. */
const MBIT_BYTES = (1024 * 1024) / 8;
const DEFAULT_SUPPORTED_VERSION = '2.9.1';
const Port = z.coerce.number().int().min(1025).max(65_535);
/** Below this a single message would take minutes: more likely another unit was meant. */
const LEAST_MBIT = 0.01;
const Megabits = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform(Number)
  .pipe(z.number().min(LEAST_MBIT));
const Flag = z.enum(['true', 'false']).transform((text) => text === 'true');
/** Sections whose keys must not be passed over: what they refuse would be allowed. */
const LIST_SECTION = /^(cert|crl|cal|white|black)/i;
const LIST_FIX =
  'write [certificate_whitelist] cal.0=NODE_ID and [certificate_blacklist] crl.0=NODE_ID';
/** Sections of this node's own, for the same reason. */
const OWN_SECTION = /^(amop|perm|sdk)/i;
const OWN_FIX =
  'the sections are [amop], [amop_permissions], [amop_private_topics], [amop_sdk_blacklist] crl.N and [amop_sdk_whitelist] cal.N, see docs/configuration.md';
const Version = z.string().regex(/^\d+\.\d+\.\d+(-[\w.]+)?$/);

/**
 * Reads an original-style node folder: `config.ini` and the certificates that it names (spec 16).
 *
 * Relative paths are relative to the folder of the file.
 *
 * @param path path of `config.ini`
 * @param nowMs milliseconds since 1970, for warnings of lists that are out of date
 * @throws NodeError `AMOP_NODE_CONFIG_FILE`, `AMOP_NODE_CONFIG_VALUE`, naming file, section, key, value and what is allowed
 */
export function loadNodeConfig(path: string, nowMs: number = systemClock.wallMs()): NodeConfig {
  const warnings: ConfigWarning[] = [];
  const config = readNodeConfig(IniFile.read(path), nowMs, { warnings });
  return { ...config, warnings: warnings.map(formatWarning) };
}

/**
 * What a file that was opened says.
 *
 * @param options where warnings go, and what is to happen with files that cannot be read
 * @throws NodeError as {@link loadNodeConfig}
 */
export function readNodeConfig(ini: IniFile, nowMs: number, options: ReadOptions): NodeConfig {
  const { warnings } = options;
  refuseSm(ini);
  const rsaChannel = flag(ini, false, 'chain.rsa_crypto_channel');
  const credentials = readNodeCredentials(ini, rsaChannel, options);
  const known = [credentials.p2p, credentials.channel].flatMap(({ ca, certificate }) => [
    ca,
    certificate,
  ]);
  const admin = readAdmin(ini);
  const auditLog = readAuditLog(ini);
  const outgoingBytesPerS = readBandwidth(ini);
  const permissions = readPermissions(ini);
  const config: NodeConfig = {
    channel: {
      host: ini.get('rpc.channel_listen_ip', 'rpc.listen_ip')?.value ?? '0.0.0.0',
      port: port(ini, 20_200, 'rpc.channel_listen_port'),
      credentials: credentials.channel,
      checkIssuer: flag(
        ini,
        true,
        'network_security.check_cert_issuer',
        'secure.check_cert_issuer',
      ),
      ...(permissions !== undefined && { permissions }),
      verifiesOwnNode: flag(ini, true, 'amop_private_topics.verify_own_node'),
      blacklist: readFingerprints(ini, 'amop_sdk_blacklist', 'crl'),
      whitelist: readFingerprints(ini, 'amop_sdk_whitelist', 'cal'),
    },
    p2p: {
      host: ini.get('p2p.listen_ip')?.value ?? '0.0.0.0',
      port: port(ini, 30_300, 'p2p.listen_port'),
      credentials: credentials.p2p,
      peers: readPeers(ini),
      compress: flag(ini, false, 'p2p.enable_compress'),
      ...(outgoingBytesPerS !== undefined && { outgoingBytesPerS }),
      blacklist: readNodeIds(ini, ['certificate_blacklist', 'crl'], 'crl'),
      whitelist: readNodeIds(ini, ['certificate_whitelist', 'cal'], 'cal'),
    },
    supportedVersion: readVersion(ini, warnings),
    chainId: ini.get('chain.id')?.value ?? '1',
    groups: [1],
    limits: readLimits(ini),
    sections: ini.sections,
    revocationLists: readRevocations(ini, known, nowMs, warnings),
    ...(admin !== undefined && { admin, trace: true }),
    ...(auditLog !== undefined && { auditLog }),
  };
  if (config.channel.verifiesOwnNode === false) {
    warnings.push({
      code: 'own-node-unproved',
      message:
        'amop_private_topics.verify_own_node is false, so every application of this node can read what publishers of it send unsealed on private topics',
      fix: 'take it out, unless all of them may',
    });
  }
  if (config.p2p.peers.length === 0) {
    warnings.push({
      code: 'no-peers',
      message: 'p2p.node.N names no other node, so this one waits to be connected to',
      fix: 'if it is to connect by itself, name the p2p ports of others as node.0, node.1 in [p2p]',
    });
  }
  for (const [name, taken] of [
    ['rpc.channel_listen_port', config.channel.port],
    ['p2p.listen_port', config.p2p.port],
  ] as const) {
    if (admin?.port !== taken) continue;
    throw ini.invalid('amop.admin_listen_port', String(taken), `another port than ${name}`);
  }
  const caPath = ini.get('network_security.ca_path', 'secure.ca_path');
  if (caPath !== undefined) {
    const fix = 'put the certificates in it into the file ca_cert';
    warnings.push({ code: 'key-not-read', message: `${caPath.name} is not read`, fix });
  }
  if (config.p2p.port === config.channel.port) {
    const allowed = 'another port than rpc.channel_listen_port';
    const error = ini.invalid('p2p.listen_port', String(config.p2p.port), allowed);
    if (options.onFault === undefined) throw error;
    options.onFault(error);
  }
  warnUnknown(ini, warnings);
  return config;
}

function port(ini: IniFile, fallback: number, name: string): number {
  const found = ini.get(name);
  if (found === undefined) return fallback;
  const parsed = Port.safeParse(found.value);
  if (!parsed.success)
    throw ini.invalid(found.name, found.value, 'a port number from 1025 to 65535');
  return parsed.data;
}

function flag(ini: IniFile, fallback: boolean, ...names: readonly string[]): boolean {
  const found = ini.get(...names);
  if (found === undefined) return fallback;
  const parsed = Flag.safeParse(found.value);
  if (!parsed.success) throw ini.invalid(found.name, found.value, 'true or false');
  return parsed.data;
}

/** A chain of SM keys has other certificates, another TLS and other node IDs: nobody there would hear this node. */
function refuseSm(ini: IniFile): void {
  for (const name of ['chain.sm_crypto', 'chain.sm_crypto_channel']) {
    if (!flag(ini, false, name)) continue;
    throw ini.invalid(name, 'true', 'false, as this node has no SM (GM) cryptography');
  }
}

function readBandwidth(ini: IniFile): number | undefined {
  const found = ini.get('flow_control.outgoing_bandwidth_limit');
  if (found === undefined) return undefined;
  const parsed = Megabits.safeParse(found.value);
  if (!parsed.success) throw ini.invalid(found.name, found.value, `Mbit/s, at least ${LEAST_MBIT}`);
  return parsed.data * MBIT_BYTES;
}

function readPeers(ini: IniFile): HostPort[] {
  return ini.list('p2p', 'node').map(({ name, value }) => {
    const peer = parseHostPort(value);
    if (peer === undefined) throw ini.invalid(name, value, 'ip:port, host:port or [ipv6]:port');
    return peer;
  });
}

function readVersion(ini: IniFile, warnings: ConfigWarning[]): string {
  const found = ini.get('compatibility.supported_version');
  if (found === undefined) return DEFAULT_SUPPORTED_VERSION;
  if (!Version.safeParse(found.value).success) {
    throw ini.invalid(found.name, found.value, 'three numbers such as 2.9.1');
  }
  const [major = 0, minor = 0] = found.value.split('.').map(Number);
  if (major === 2 && minor >= 1) return found.value;
  warnings.push({
    code: 'reported-version',
    message: `${found.name}=${found.value}, and this node speaks the 16-byte p2p header of 2.0.0-rc2 and later and reports ${DEFAULT_SUPPORTED_VERSION} to applications`,
    fix: 'set it to 2.1.0 or later, up to 2.9.1',
  });
  return DEFAULT_SUPPORTED_VERSION;
}

function warnUnknown(ini: IniFile, warnings: ConfigWarning[]): void {
  for (const name of ini.unknownKeys()) {
    const section = name.slice(0, name.indexOf('.'));
    if (CHAIN_SECTIONS.includes(section) || CHAIN_KEYS.includes(name)) continue;
    const key = name.slice(section.length + 1);
    const isList = LIST_SECTION.test(section);
    if (isList || OWN_SECTION.test(section)) {
      const danger = isList
        ? 'a list of node IDs with a typing error would let everybody in'
        : 'a limit or rule with a typing error would allow what it is to forbid';
      throw new NodeError(
        'AMOP_NODE_CONFIG_VALUE',
        `${ini.path}: [${section}] ${key} is not known: ${danger}`,
        { file: ini.path, section, key, fix: isList ? LIST_FIX : OWN_FIX },
      );
    }
    const meant = ini.nearestKey(name);
    warnings.push({
      code: 'unknown-key',
      message: `${name} is not a key of this node and is ignored`,
      fix: meant === undefined ? 'take it out, or correct its name' : `is ${meant} meant?`,
    });
  }
}
