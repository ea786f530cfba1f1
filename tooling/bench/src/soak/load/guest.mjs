// Applications of the node that is restarted: their links break and come back.
import { mixedBody, mustEqual } from './bodies.mjs';
import { echoAt, NEWS } from './topics.mjs';
import { closeClients, connectTo, endLoad, keep, pace, report, tally } from './worker.mjs';

const REQUESTS_PER_S = 15;

/** @type {import('@amop/client').AmopClient} */
let roaming;

/** One client that answers, on the restarted node alone, and one with a second node to go to. */
export async function open({ name, second, ...place }) {
  // Back soon, so that a life of the node has more of load than of waiting for it.
  const reconnect = { maxDelayMs: 1_000 };
  const explained = { nearRestart: true };
  const loyal = keep('loyal', await connectTo('guest-loyal', place, { reconnect }), explained);
  await loyal.subscribe(echoAt(name), (message) => message.body);
  const nodes = [place, second].map(({ port }) => `127.0.0.1:${port}`);
  const connected = await connectTo('guest-roaming', place, { nodes, reconnect });
  roaming = keep('roaming', connected, explained);
  await roaming.subscribe(NEWS, () => {
    tally.done('multicast heard over two nodes');
  });
}

export function load({ others, rate }) {
  const explained = { nearRestart: true };
  for (const other of others) {
    pace.every(REQUESTS_PER_S * rate, () => {
      const body = mixedBody();
      const ask = async () => {
        mustEqual((await roaming.request(echoAt(other), body)).body, body);
      };
      return tally.count('request by two nodes', ask, explained);
    });
  }
}

export { closeClients as close, endLoad, report };
