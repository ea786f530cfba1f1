import type { Cast } from './cast.ts';

/** More topics than a run has. */
const ALL = 1_000;

/** Whether two nodes are linked by configuration: one of them dials the other. */
export function areNeighbours(cast: Cast, one: string, other: string): boolean {
  const dials = (from: string, to: string): boolean => {
    const plan = cast.nodes.get(from)?.plan ?? cast.originals.get(from)?.plan;
    return plan?.dials.includes(to) === true;
  };
  return one !== other && (dials(one, other) || dials(other, one));
}

/** Names of the applications that have a topic on a node of ours: clients with a link to it, and SDKs. */
export function applicationsOf(cast: Cast, node: string, topic: string): string[] {
  const clients = [...cast.clients.values()].filter(
    (client) => client.topics().includes(topic) && client.readyNodes().includes(node),
  );
  const sdks = [...cast.sdks.values()].filter(
    ({ isConnected, plan }) => isConnected && plan.node === node && plan.topics.includes(topic),
  );
  return [...clients, ...sdks].map(({ name }) => name);
}

/**
 * What keeps the network from being at rest: links that are missing, and nodes that do not see who listens to what.
 *
 * @returns one line for each; empty when all views have converged
 */
export function unsettled(cast: Cast, topics: readonly string[]): string[] {
  const faults: string[] = [];
  for (const client of cast.clients.values()) {
    if (!client.isSettled()) faults.push(client.waitsFor());
  }
  for (const { isConnected, name } of cast.sdks.values()) {
    if (!isConnected) faults.push(`${name}: not connected`);
  }
  for (const name of cast.nodes.keys()) faults.push(...unsettledNode(cast, name, topics));
  for (const original of cast.originals.values()) {
    for (const [name, { nodeId }] of cast.nodes) {
      if (!areNeighbours(cast, original.name, name)) continue;
      const unknown = topics.filter(
        (topic) => original.knows(nodeId, topic) !== applicationsOf(cast, name, topic).length > 0,
      );
      if (unknown.length > 0)
        faults.push(`${original.name} is wrong about ${name}: ${unknown.join(' ')}`);
    }
  }
  return faults;
}

function unsettledNode(cast: Cast, name: string, topics: readonly string[]): string[] {
  const node = cast.nodes.get(name)?.node;
  if (node === undefined) return [`${name}: not running`];
  const seen = new Map(node.sight.topics('', ALL).map((each) => [each.topic, each]));
  const faults: string[] = [];
  const neighbours = [...cast.nodes.values(), ...cast.originals.values()].filter((each) =>
    areNeighbours(cast, name, each.name),
  );
  const connected = node.sight.state().peers.map(({ nodeId }) => nodeId);
  for (const neighbour of neighbours) {
    if (!connected.includes(neighbour.nodeId))
      faults.push(`${name}: no connection to ${neighbour.name}`);
  }
  for (const topic of topics) {
    const { applications = 0, peers = 0, remote = 0 } = seen.get(topic) ?? {};
    const own = applicationsOf(cast, name, topic).length;
    const counts = neighbours.map((each) =>
      cast.originals.has(each.name)
        ? Number(cast.originals.get(each.name)?.topics.includes(topic))
        : applicationsOf(cast, each.name, topic).length,
    );
    const others = counts.filter((count) => count > 0);
    const sum = others.reduce((total, count) => total + count, 0);
    if (applications === own && peers === others.length && remote === sum) continue;
    faults.push(
      `${name} believes that ${topic} has ${applications} applications here and ${remote} at ${peers} other nodes; it has ${own} here and ${where(neighbours, counts)}`,
    );
  }
  return faults;
}

/** `1 at n2, 2 at o0`, or `none elsewhere`. */
function where(
  neighbours: readonly { readonly name: string }[],
  counts: readonly number[],
): string {
  const places = neighbours.flatMap(({ name }, index) => {
    const count = counts[index] ?? 0;
    return count > 0 ? `${count} at ${name}` : [];
  });
  return places.length > 0 ? places.join(', ') : 'none elsewhere';
}
