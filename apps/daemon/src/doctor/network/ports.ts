import {
  formatHostPort,
  type HostPort,
  type InspectedConfig,
  listenError,
  type NodeConfig,
} from '@amop/node';
import { isPortsError } from '@amop/ports';
import { tryListen } from '@amop/ports/system';
import { adminListenError } from '../../admin/admin-server.ts';
import { type Checked, type DoctorFinding, ofNodeError, withoutStop } from '../finding.ts';
import { type Holder, holderOf } from './holder.ts';

/** The ports of a node, and whether it is this node that has them. */
export interface CheckedPorts extends Checked {
  readonly isRunning: boolean;
}

interface Port {
  readonly name: 'channel' | 'p2p' | 'admin';
  readonly at: HostPort;
}

/** What is known of the ports that the node itself has open, from its admin port. */
export interface KnownPorts {
  readonly channel: string;
  readonly p2p: string;
  /** `host:port` that has answered. */
  readonly admin: string;
}

/**
 * Whether the node could open its ports.
 *
 * @param known left out when no admin port has answered
 */
export async function checkPorts(
  path: string,
  config: NodeConfig,
  { errors }: Pick<InspectedConfig, 'errors'>,
  { known, stop }: { readonly known: KnownPorts | undefined; readonly stop: AbortSignal },
): Promise<CheckedPorts> {
  // Where a value is at fault its default is none that was asked for.
  const wrong = new Set(errors.map(({ details }) => `${details.section}.${details.key}`));
  const looked = portsOf(config).filter(({ name }) => !isWrong(name, wrong));
  const results = await Promise.all(
    looked.map(({ at, name }) => checkPort({ at, name }, config, known, stop)),
  );
  const own = results.filter((result) => result === 'own');
  const findings = results.filter((result) => result !== 'own' && result !== 'free');
  const isRunning = known !== undefined || own.length > 0;
  return {
    findings: [...findings, ...(isRunning ? [running(path, config)] : [])],
    isRunning,
    looked: 'ports',
  };
}

function portsOf({ admin, channel, p2p }: NodeConfig): Port[] {
  return [
    { name: 'channel', at: { host: channel.host, port: channel.port } },
    { name: 'p2p', at: { host: p2p.host, port: p2p.port } },
    ...(admin === undefined ? [] : [{ name: 'admin' as const, at: admin }]),
  ];
}

function isWrong(name: Port['name'], wrong: ReadonlySet<string>): boolean {
  const key = {
    channel: 'rpc.channel_listen_port',
    p2p: 'p2p.listen_port',
    admin: 'amop.admin_listen_port',
  };
  return wrong.has(key[name]);
}

async function checkPort(
  { at, name }: Port,
  config: NodeConfig,
  known: KnownPorts | undefined,
  stop: AbortSignal,
): Promise<DoctorFinding | 'free' | 'own'> {
  const address = formatHostPort(at);
  if (known?.[name] === address) return 'own';
  try {
    await tryListen(at);
    return 'free';
  } catch (cause) {
    if (name === 'admin') return adminFinding(at, cause);
    const finding = ofNodeError(listenError(name, at, cause), address);
    const isInUse =
      isPortsError(cause, 'AMOP_PORTS_LISTEN_FAILED') && cause.details.reason === 'address-in-use';
    if (!isInUse) return finding;
    const holder = await holderOf(at, name, config[name].credentials, stop);
    if (holder.kind === 'self') return 'own';
    return { ...finding, message: `${finding.message}: ${nameOf(holder)} listens there` };
  }
}

function adminFinding(at: HostPort, cause: unknown): DoctorFinding {
  const { code, details, message } = adminListenError(at, cause);
  const fix = details.fix === undefined ? {} : { fix: details.fix };
  return {
    severity: 'error',
    code,
    subject: formatHostPort(at),
    message: withoutStop(message),
    ...fix,
  };
}

function nameOf(holder: Exclude<Holder, { kind: 'self' }>): string {
  if (holder.kind === 'unknown')
    return 'another program, or this node if its files were changed since it started,';
  const { commonName, issuerCommonName } = holder.identity;
  return `${commonName} of ${issuerCommonName}`;
}

function running(path: string, { p2p }: NodeConfig): DoctorFinding {
  return {
    severity: 'note',
    code: 'node-running',
    subject: path,
    message: `the node of this folder is running at ${formatHostPort(p2p)}`,
  };
}
