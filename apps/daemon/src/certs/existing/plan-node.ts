import { listenHostFor, MAX_PORT, type PlannedNode, usage } from '../plan.ts';
import { type KnownNode, nextNodeName } from './known-nodes.ts';

const FIRST_CHANNEL_PORT = 20_200;
const FIRST_P2P_PORT = 30_300;

/** Where a node is reached on p2p. */
type Endpoint = Pick<PlannedNode, 'host' | 'p2pPort'>;

/** What `amop certs add-node` was asked for. */
export interface NodeRequest {
  readonly agency: string;
  readonly host: string;
  /** The port after those of the known nodes on the host when left out. */
  readonly channelPort?: number;
  readonly p2pPort?: number;
  /** Nodes that no folder here tells of. */
  readonly peers: readonly Endpoint[];
}

/** One more node, and all nodes that its configuration is to name. */
export interface NodePlan {
  readonly node: PlannedNode;
  /** Itself among them, as the last one where it is new. */
  readonly endpoints: readonly Endpoint[];
}

/**
 * Name and addresses of one more node of an agency.
 *
 * @throws DaemonError `AMOP_DAEMON_USAGE` for ports that are taken or run out
 */
export function planNode(out: string, request: NodeRequest, known: readonly KnownNode[]): NodePlan {
  const { agency, host } = request;
  const others = distinct([
    ...known.flatMap(({ config }) =>
      config.p2p.peers.map((peer) => ({ host: peer.host, p2pPort: peer.port })),
    ),
    ...request.peers,
  ]);
  const onHost = others.filter((other) => other.host === host);
  const neighbours = known.filter(({ config }) =>
    onHost.some(({ p2pPort }) => p2pPort === config.p2p.port),
  );
  const p2pPort =
    request.p2pPort ??
    portAfter(
      FIRST_P2P_PORT,
      onHost.map((other) => other.p2pPort),
    );
  const channelPort =
    request.channelPort ??
    portAfter(
      FIRST_CHANNEL_PORT,
      neighbours.map(({ config }) => config.channel.port),
    );
  checkPort('--p2p-port', p2pPort, neighbours);
  checkPort('--channel-port', channelPort, neighbours);
  if (p2pPort === channelPort) usage('--p2p-port', `both ports would be ${p2pPort}`);
  const node: PlannedNode = {
    agency,
    name: nextNodeName(out, agency),
    host,
    listenHost: listenHostFor(host),
    channelPort,
    p2pPort,
  };
  return { node, endpoints: distinct([...others, { host, p2pPort }]) };
}

/** The port after the highest of those in use, else the first. */
function portAfter(first: number, used: readonly number[]): number {
  return used.length === 0 ? first : Math.max(...used) + 1;
}

function checkPort(argument: string, port: number, neighbours: readonly KnownNode[]): void {
  if (port > MAX_PORT) usage(argument, `the next port would be ${port}: give ${argument}`);
  for (const { agency, config, name } of neighbours) {
    if (port !== config.p2p.port && port !== config.channel.port) continue;
    usage(argument, `port ${port} is that of ${agency}/${name}: give another ${argument}`);
  }
}

function distinct(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...new Map(endpoints.map((each) => [`${each.host} ${each.p2pPort}`, each])).values()];
}
