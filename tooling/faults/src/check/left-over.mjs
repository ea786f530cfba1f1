import { until } from '../time.mjs';

const WITHIN_MS = 5_000;

/**
 * With all applications gone: looks whether nodes hold anything of them.
 *
 * @param {import('../world.mjs').World} world
 */
export async function checkLeftOver(world) {
  for (const node of world.nodes.values()) {
    let left = '';
    const done = await until(
      async () => {
        left = await leftAt(node);
        return left === '' ? true : undefined;
      },
      { withinMs: WITHIN_MS },
    );
    if (done === undefined) world.found('left-over', `${node.name}: ${left}`);
  }
}

async function leftAt(node) {
  const [counters, state] = await Promise.all([node.see('/v1/counters'), node.see('/v1/state')]);
  if (counters === undefined || state === undefined) return 'no answer of the admin port';
  const { pendingRequests, reassemblyBytes, sessions, topics } = counters;
  const held = { pendingRequests, reassemblyBytes, sessions, topics };
  for (const name of ['asked', 'asking', 'queuedBytes']) {
    held[`${name} of peers`] = state.peers.reduce((sum, peer) => sum + peer[name], 0);
  }
  const parts = Object.entries(held).filter(([, count]) => count !== 0);
  return parts.map(([name, count]) => `${name} ${count}`).join(', ');
}
