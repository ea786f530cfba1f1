// Applications that come and go, and topics that come and go.
import { mixedBody, mustEqual } from './bodies.mjs';
import { echoAt, freshTopic, NEWS } from './topics.mjs';
import { closeClients, connectTo, endLoad, keep, pace, report, tally } from './worker.mjs';

const VISITS_PER_S = 2;
/** A client remembers 4 096 topics and then forgets all: this fast it does so every few minutes. */
const TOPICS_PER_S = 40;
const ITERATORS_PER_S = 0.5;
const TAKEN_MESSAGES = 5;

/** @type {{ name: string, port: number, sdkFolder: string }[]} */
let nodes;
/** On each node a client that changes its subscriptions all the time, and one that asks it. */
let pairs;

const at = (list, i) => list[i % list.length];

export async function open({ hosts }) {
  nodes = hosts;
  pairs = [];
  for (const node of nodes) {
    const fickle = keep(`fickle ${node.name}`, await connectTo('fickle', node));
    const asker = keep(`asker ${node.name}`, await connectTo('asker', node));
    pairs.push({ fickle, asker });
  }
}

export function load({ rate }) {
  pace.every(VISITS_PER_S * rate, (i) => tally.count('visit', () => visit(i)));
  pace.every(TOPICS_PER_S * rate, (i) =>
    tally.count('topic comes and goes', () => changeTopics(i)),
  );
  pace.every(ITERATORS_PER_S * rate, (i) =>
    tally.count('iterator', () => takeSome(at(pairs, i).fickle)),
  );
}

/** Connects, subscribes, asks, and goes; every second one without a word to its subscription. */
async function visit(i) {
  const client = await connectTo('visitor', at(nodes, i));
  try {
    const subscription = await client.subscribe(freshTopic('visit'), () => 'here');
    const body = mixedBody();
    const { name } = at(nodes, i >> 1);
    mustEqual((await client.request(echoAt(name), body)).body, body);
    if (i % 4 < 2) await subscription.unsubscribe();
  } finally {
    await client.close();
  }
}

/** A topic that exists for one question. */
async function changeTopics(i) {
  const { asker, fickle } = at(pairs, i);
  const topic = freshTopic('topic');
  const subscription = await fickle.subscribe(topic, (message) => message.body);
  const body = mixedBody();
  mustEqual((await asker.request(topic, body)).body, body);
  await subscription.unsubscribe();
}

/** Leaves its iterator after some messages; at the end of the load it is ended, as no more come. */
async function takeSome(client) {
  const subscription = await client.subscribe(NEWS);
  const end = () => void subscription.unsubscribe();
  pace.ending.addEventListener('abort', end);
  let taken = 0;
  for await (const _ of subscription) {
    if (++taken === TAKEN_MESSAGES || pace.ending.aborted) break;
  }
  pace.ending.removeEventListener('abort', end);
}

export { closeClients as close, endLoad, report };
