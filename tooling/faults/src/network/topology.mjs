// Three nodes of two agencies, six applications, and which of their connections go through the proxy.
import { HUB } from './layout.mjs';

const CHANNEL_PORT = 20200;
const P2P_PORT = 30300;

/** Port of each node on its own loopback. */
export const ADMIN_PORT = 20400;

/** Where the proxy listens. */
export const HUB_ADDRESS = '10.99.0.1';

const addresses = {
  n0: '10.99.0.11',
  n1: '10.99.0.12',
  n2: '10.99.0.13',
  c0: '10.99.0.20',
  c1: '10.99.0.21',
  c2: '10.99.0.22',
  c3: '10.99.0.23',
  c4: '10.99.0.24',
  c5: '10.99.0.25',
};

/** Everything that has a network namespace. */
export const HOSTS = [
  { name: HUB, address: HUB_ADDRESS },
  ...Object.entries(addresses).map(([name, address]) => ({ name, address })),
];

/** The proxy's lanes: `FROM-TO` is dialled by FROM in place of TO. */
export const LANES = [
  lane('n0-n2', 31002, 'n2', P2P_PORT),
  lane('n2-n0', 31020, 'n0', P2P_PORT),
  lane('c1-n0', 32010, 'n0', CHANNEL_PORT),
  lane('c2-n0', 32020, 'n0', CHANNEL_PORT),
  lane('c4-n2', 32042, 'n2', CHANNEL_PORT),
];

function lane(name, port, to, targetPort) {
  return { lane: name, port, target: { host: addresses[to], port: targetPort } };
}

/**
 * `folder` below the certificates; `dials` which other nodes it is configured with. n1 leaves it to n2 to dial.
 *
 * @typedef {{ name: string, address: string, folder: string, dials: string[], channelPort: number,
 *   p2pPort: number }} NodePlan
 */

/** @type {NodePlan[]} */
export const NODES = [
  node('n0', 'bankA/node0', ['n1', 'n2']),
  node('n1', 'bankA/node1', ['n0']),
  node('n2', 'bankB/node0', ['n0', 'n1']),
];

function node(name, folder, peers) {
  const dials = peers.map((peer) => via(name, peer, P2P_PORT));
  const ports = { channelPort: CHANNEL_PORT, p2pPort: P2P_PORT };
  return { name, address: addresses[name], folder, dials, ...ports };
}

/**
 * `nodes` in order of preference.
 *
 * @typedef {{ name: string, sdk: string, nodes: string[], endpoints: string[] }} ApplicationPlan
 */

/** @type {ApplicationPlan[]} */
export const APPLICATIONS = [
  application('c0', 'bankA', ['n0', 'n1']),
  application('c1', 'bankA', ['n1', 'n0']),
  application('c2', 'bankA', ['n0']),
  application('c3', 'bankB', ['n2']),
  application('c4', 'bankB', ['n2']),
  application('c5', 'bankA', ['n1']),
];

function application(name, agency, nodes) {
  const endpoints = nodes.map((to) => via(name, to, CHANNEL_PORT));
  return { name, sdk: `${agency}/sdk`, nodes, endpoints };
}

function via(from, to, port) {
  const found = LANES.find((each) => each.lane === `${from}-${to}`);
  return found === undefined ? `${addresses[to]}:${port}` : `${HUB_ADDRESS}:${found.port}`;
}
