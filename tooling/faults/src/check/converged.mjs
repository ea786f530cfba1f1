import { APPLICATIONS } from '../network/topology.mjs';
import { until } from '../time.mjs';

const WITHIN_MS = 90_000;
const NOTEWORTHY_MS = 1_000;

/**
 * Waits until every node has its peers and the sessions of its applications, and has heard from every peer: after a
 * cut, TCP may be silent for longer than the cut was, and then the connection ends only later.
 *
 * @param {import('../world.mjs').World} world
 * @returns {Promise<number>} how long it took, in ms; what has not come about is a violation
 */
export async function untilConnected(world) {
  const heardBefore = new Map();
  for (const node of world.nodes.values()) {
    for (const peer of (await node.see('/v1/state'))?.peers ?? []) {
      heardBefore.set(connectionOf(node, peer), peer.framesIn);
    }
  }
  return untilEqual(world, async (node) => {
    const state = await node.see('/v1/state');
    if (state === undefined) return undefined;
    const others = namesOfOthers(node.name, world.nodes);
    const sessions = APPLICATIONS.filter(({ nodes }) => nodes.includes(node.name)).length;
    return [
      ['peers', names(state.peers, world.nodes), others.join(' ')],
      ['applications', state.sessions.length, sessions],
      ['silent peers', silent(node, state.peers, heardBefore), 0],
    ];
  });
}

function silent(node, peers, heardBefore) {
  return peers.filter((peer) => peer.framesIn === heardBefore.get(connectionOf(node, peer))).length;
}

function connectionOf(node, { connectedAtMs, nodeId }) {
  return `${node.name} ${nodeId} ${connectedAtMs}`;
}

/**
 * Waits until every node has the same view of who listens to what as the applications have, and no request any more.
 *
 * @param {import('../world.mjs').World} world
 * @param {Record<string, string[]>} topicsOf topics of each application, by host; they must not change meanwhile
 * @returns {Promise<number>} as `untilConnected`
 */
export function untilSameView(world, topicsOf) {
  return untilEqual(world, async (node) => {
    const paths = ['/v1/topics?limit=10000', '/v1/counters'];
    const [listed, counters] = await Promise.all(paths.map((path) => node.see(path)));
    if (listed === undefined || counters === undefined) return undefined;
    const expected = expectedTopics(node.name, world.nodes, topicsOf);
    return [
      ['topics', ...differences(describe(listed.topics), describe(expected))],
      ['pending requests', counters.pendingRequests, 0],
    ];
  });
}

/** `look` gives what it looks at, what it is, and what it should be; undefined when the node does not answer. */
async function untilEqual(world, look) {
  const beganMs = world.history.nowMs;
  let missing = '';
  const isEqual = async () => {
    for (const node of world.nodes.values()) {
      const pairs = (await look(node)) ?? [['answer of the admin port', 'none', 'one']];
      const different = pairs.find(([, is, wanted]) => is !== wanted);
      if (different === undefined) continue;
      const [what, is, wanted] = different;
      missing = `${what} of ${node.name}: ${is}, not ${wanted}`;
      return undefined;
    }
    return true;
  };
  const done = await until(isEqual, { withinMs: WITHIN_MS, everyMs: 150 });
  if (done === undefined) world.found('not-converged', `after ${WITHIN_MS} ms: ${missing}`);
  const tookMs = world.history.nowMs - beganMs;
  if (tookMs > NOTEWORTHY_MS) world.note(`after ${Math.round(tookMs)} ms the last was: ${missing}`);
  return tookMs;
}

function namesOfOthers(name, nodes) {
  return [...nodes.keys()].filter((other) => other !== name).sort();
}

function names(peers, nodes) {
  const byId = new Map([...nodes.values()].map(({ name, nodeId }) => [nodeId, name]));
  const found = peers.map(({ nodeId }) => byId.get(nodeId) ?? nodeId);
  return found.sort().join(' ');
}

function expectedTopics(name, nodes, topicsOf) {
  const here = listeners(name, topicsOf);
  const there = namesOfOthers(name, nodes).map((other) => listeners(other, topicsOf));
  const all = new Set(Object.values(topicsOf).flat());
  return [...all].map((topic) => {
    const counts = there.map((each) => each.get(topic) ?? 0);
    return {
      topic,
      applications: here.get(topic) ?? 0,
      peers: counts.filter((count) => count > 0).length,
      remote: counts.reduce((sum, count) => sum + count, 0),
    };
  });
}

/** How many applications with a link to the node have each topic. */
function listeners(node, topicsOf) {
  const counts = new Map();
  for (const { name, nodes: links } of APPLICATIONS) {
    if (!links.includes(node)) continue;
    for (const topic of topicsOf[name] ?? []) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  }
  return counts;
}

function describe(topics) {
  const parts = topics.map(({ applications, peers, remote, topic }) => {
    return `${topic}: ${applications} here, ${remote} at ${peers} nodes`;
  });
  return parts.sort();
}

/** What only one of the two has. */
function differences(is, wanted) {
  const only = (list, other) => list.filter((part) => !other.includes(part)).join('; ');
  return [only(is, wanted), only(wanted, is)];
}
