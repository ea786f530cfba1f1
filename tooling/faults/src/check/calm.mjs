import { until } from '../time.mjs';
import { STEADY_TOPIC, VAULT_TOPIC } from '../topics.mjs';

const REQUESTS = 60;
const PUBLISHES = 25;
/** So many that a subscriber in eight gets none of them once in 10^14 runs. */
const FAIR_REQUESTS = 250;
const ARRIVAL_MS = 5_000;

/**
 * Lets every application send while nothing is at fault: all of it must arrive.
 *
 * @param {import('../world.mjs').World} world
 * @param {number} round one application of each round in turn sends the requests whose shares are compared
 * @param {Record<string, string[]>} topicsOf topics of each application, by host
 */
export async function checkCalm(world, round, topicsOf) {
  const { applications, history } = world;
  const before = await peerings(world);
  const subscribers = subscribersOf(applications, topicsOf);
  const all = [...applications.values()];
  const fairSender = all[round % all.length];
  const group = `round-${round}`;
  await Promise.all(
    all.map((each) => {
      const isFair = each === fairSender;
      const requests = isFair ? FAIR_REQUESTS : REQUESTS;
      const plan = { requests, publishes: PUBLISHES, subscribers, ...(isFair && { group }) };
      return each.ask('calm', { plan }, 120_000);
    }),
  );
  const receivers = all.filter((each) => each !== fairSender).map(({ name }) => name);
  history.add({ kind: 'fair', group, among: receivers });
  await untilArrived(world);
  history.add({ kind: 'settled' });
  await world.gather();
  const after = await peerings(world);
  if (before !== after) world.found('lost-peer', `in calm: before ${before}, after ${after}`);
}

function subscribersOf(applications, topicsOf) {
  const subscribers = { [STEADY_TOPIC]: [] };
  for (const { host, name } of applications.values()) {
    for (const topic of topicsOf[host]) {
      if (topic === VAULT_TOPIC) continue;
      subscribers[topic] ??= [];
      subscribers[topic].push(name);
    }
  }
  return subscribers;
}

/** A publish ends before it arrives: gives what is on its way the time to. What does not come, the judge finds. */
async function untilArrived(world) {
  let last = -1;
  const isQuiet = async () => {
    await world.gather();
    const { 'received multicast': received = 0 } = world.figures.counts();
    const isSame = received === last;
    last = received;
    return isSame ? true : undefined;
  };
  await until(isQuiet, { withinMs: ARRIVAL_MS, everyMs: 1_000 });
}

/** Which nodes are connected since when. */
async function peerings({ nodes }) {
  const parts = [];
  for (const node of nodes.values()) {
    const state = await node.see('/v1/state');
    for (const { connectedAtMs, nodeId } of state?.peers ?? []) {
      parts.push(`${node.name}-${nodeId.slice(0, 6)} since ${connectedAtMs}`);
    }
  }
  return parts.sort().join(', ');
}
