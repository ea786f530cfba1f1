import type { NodeConfig } from './node-config.ts';

/** What of a configuration stays as it was while a node runs, by the name of its key. */
const FIXED: readonly (readonly [
  key: string,
  value: (config: NodeConfig) => string | number | boolean | undefined,
])[] = [
  ['rpc.channel_listen_ip', ({ channel }) => channel.host],
  ['rpc.channel_listen_port', ({ channel }) => channel.port],
  ['p2p.listen_ip', ({ p2p }) => p2p.host],
  ['p2p.listen_port', ({ p2p }) => p2p.port],
  ['amop.admin_listen_ip', ({ admin }) => admin?.host],
  ['amop.admin_listen_port', ({ admin }) => admin?.port],
  ['amop_private_topics.verify_own_node', ({ channel }) => channel.verifiesOwnNode ?? true],
  ['amop.audit_log', ({ auditLog }) => auditLog],
  ['chain.id', ({ chainId }) => chainId],
  ['compatibility.supported_version', ({ supportedVersion }) => supportedVersion],
];

/** The keys, `section.key`, that differ and count only from the next start on. */
export function keysForRestart(running: NodeConfig, next: NodeConfig): string[] {
  return FIXED.filter(([, value]) => value(running) !== value(next)).map(([key]) => key);
}

/** `next` with what a running node keeps from `running`. */
export function withFixedParts(running: NodeConfig, next: NodeConfig): NodeConfig {
  const { admin, auditLog, channel, chainId, p2p, supportedVersion } = running;
  const { admin: _, auditLog: __, ...rest } = next;
  return {
    ...rest,
    ...(admin !== undefined && { admin }),
    ...(auditLog !== undefined && { auditLog }),
    channel: {
      ...next.channel,
      host: channel.host,
      port: channel.port,
      verifiesOwnNode: channel.verifiesOwnNode ?? true,
    },
    p2p: { ...next.p2p, host: p2p.host, port: p2p.port },
    chainId,
    supportedVersion,
  };
}

/**
 * A section that the running configuration has and the next one has not: most likely the file was cut short, and with it
 * lists and rules that keep somebody out.
 */
export function missingSection(running: NodeConfig, next: NodeConfig): string | undefined {
  return running.sections?.find((section) => next.sections?.includes(section) === false);
}
