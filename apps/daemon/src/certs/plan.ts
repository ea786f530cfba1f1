import { isIP } from 'node:net';
import { DaemonError } from '../errors.ts';

/**
 * Kind of the keys. `secp256k1`: of all, as original nodes have them. `rsa`: secp256k1 for nodes among
 * themselves and RSA between node and applications, what the original makes when it is not told
 * otherwise. `p256`: of all; original nodes cannot take part.
 */
export const PROFILES = ['secp256k1', 'rsa', 'p256'] as const;

/** One of {@link PROFILES}. */
export type Profile = (typeof PROFILES)[number];

/** What `amop certs` was asked for. */
export interface CertsRequest {
  readonly agencies: readonly string[];
  /** Nodes of each agency, 1 to 100. */
  readonly nodesPerAgency: number;
  readonly profile: Profile;
  /** Channel port of the first node on a host; the next node there takes the next port. */
  readonly channelPort: number;
  /** P2p port of the first node on a host; the next node there takes the next port. */
  readonly p2pPort: number;
  /** Admin port of the first node on a host, likewise; left out: the nodes open none. */
  readonly adminPort?: number | undefined;
  /** One address for all nodes, or one for each agency in their order. */
  readonly hosts: readonly string[];
}

/** One node of the network to be. */
export interface PlannedNode {
  readonly agency: string;
  /** `node0`, `node1`, ... within its agency. */
  readonly name: string;
  /** Address at which the other nodes reach it. */
  readonly host: string;
  /** Address it listens on: `host` when that is a loopback address, else all addresses. */
  readonly listenHost: string;
  readonly channelPort: number;
  readonly p2pPort: number;
  /** On loopback; left out: none. */
  readonly adminPort?: number;
}

/** An agency name is a folder name and a certificate's common name at once (at most 64 characters there). */
const AGENCY_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
/** The folder of the authorities, and the files in it beside those of the agencies. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(['cert', 'ca.crt', 'ca.key']);
const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/;
/** The highest port there is. */
export const MAX_PORT = 65_535;

/**
 * The nodes of the network, agency by agency, with their addresses.
 *
 * @throws DaemonError `AMOP_DAEMON_USAGE` for a bad or doubled name, a bad host, ports that collide or run out
 */
export function planNodes(request: CertsRequest): PlannedNode[] {
  checkAgencies(request.agencies);
  const hosts = hostPerAgency(request);
  const nodesOnHost = new Map<string, number>();
  const nodes: PlannedNode[] = [];
  for (const [agencyIndex, agency] of request.agencies.entries()) {
    const host = hosts[agencyIndex] ?? '127.0.0.1';
    for (let index = 0; index < request.nodesPerAgency; index += 1) {
      const step = nodesOnHost.get(host) ?? 0;
      nodesOnHost.set(host, step + 1);
      nodes.push({
        agency,
        name: `node${index}`,
        host,
        listenHost: listenHostFor(host),
        channelPort: request.channelPort + step,
        p2pPort: request.p2pPort + step,
        ...(request.adminPort !== undefined && { adminPort: request.adminPort + step }),
      });
    }
  }
  checkPorts(request, Math.max(...nodesOnHost.values()));
  return nodes;
}

/** @throws DaemonError `AMOP_DAEMON_USAGE` for a name that no agency can have */
export function checkAgencyName(agency: string, argument: string): void {
  if (AGENCY_NAME.test(agency) && !RESERVED_NAMES.has(agency.toLowerCase())) return;
  usage(
    argument,
    `'${agency}' cannot name an agency: use 1 to 64 letters, digits, '-', '_', '.', and not 'cert', 'ca.crt', 'ca.key'`,
  );
}

/** @throws DaemonError `AMOP_DAEMON_USAGE` for what is neither an IP address nor a host name */
export function checkHost(host: string, argument: string): void {
  if (isIP(host) !== 0 || HOST_NAME.test(host)) return;
  usage(argument, `'${host}' is neither an IP address nor a host name`);
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatEndpoint(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

function checkAgencies(agencies: readonly string[]): void {
  const seen = new Set<string>();
  for (const agency of agencies) {
    checkAgencyName(agency, '--agency');
    // Names that differ in case only would be one folder on some file systems.
    const key = agency.toLowerCase();
    if (seen.has(key)) usage('--agency', `agency '${agency}' is named twice`);
    seen.add(key);
  }
  if (seen.size === 0) usage('--agency', 'name at least one agency with --agency NAME');
}

function hostPerAgency(request: CertsRequest): readonly string[] {
  const { hosts, agencies } = request;
  for (const host of hosts) checkHost(host, '--host');
  if (hosts.length === agencies.length) return hosts;
  const [only] = hosts;
  if (hosts.length !== 1 || only === undefined) {
    usage(
      '--host',
      `${hosts.length} hosts for ${agencies.length} agencies: give one, or one for each`,
    );
  }
  return agencies.map(() => only);
}

/** Where a node listens that is reached at `host`. */
export function listenHostFor(host: string): string {
  if (host === 'localhost' || host === '::1' || /^127\./.test(host)) return host;
  return isIP(host) === 6 ? '::' : '0.0.0.0';
}

function checkPorts(request: CertsRequest, most: number): void {
  const { adminPort, channelPort, p2pPort } = request;
  const last = Math.max(channelPort, p2pPort, adminPort ?? 0) + most - 1;
  if (last > MAX_PORT)
    usage('--channel-port', `${most} nodes on one host need ports up to ${last}`);
  if (Math.abs(channelPort - p2pPort) < most) {
    usage(
      '--p2p-port',
      `${most} nodes on one host: channel ports from ${channelPort} and p2p ports from ${p2pPort} overlap`,
    );
  }
  if (adminPort === undefined) return;
  for (const port of [channelPort, p2pPort]) {
    if (Math.abs(adminPort - port) >= most) continue;
    usage(
      '--admin-port',
      `${most} nodes on one host: admin ports from ${adminPort} overlap with those from ${port}`,
    );
  }
}

/** @throws DaemonError `AMOP_DAEMON_USAGE`, always */
export function usage(argument: string, message: string): never {
  throw new DaemonError('AMOP_DAEMON_USAGE', message, { argument });
}
