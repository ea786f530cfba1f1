// An application: a client of ours in a process of its own, told over IPC what to do next.
import { connect } from '@amop/client';
import { Random } from '../random.mjs';
import { pause } from '../time.mjs';
import { STEADY_TOPIC, VAULT_TOPIC } from '../topics.mjs';
import { sendInCalm } from './calm.mjs';
import { HistoryFile } from './history-file.mjs';
import { Load } from './load.mjs';
import { Sender } from './sender.mjs';
import { Subscriber } from './subscriber.mjs';

/** @type {{ name: string, nodes: string[], sdkFolder: string, historyFile: string, startNs: string, seed: string }} */
const config = JSON.parse(process.argv[2]);
const { historyFile, name, nodes, sdkFolder, seed, startNs } = config;
/** Apart from each other: when a handler runs does not change what is sent. */
const randomOf = (purpose) => new Random(`${seed} ${name} ${purpose}`);
const UNREACHED = new Set(
  ['NOT_CONNECTED', 'TIMEOUT', 'DISCONNECTED'].map((word) => `AMOP_CLIENT_${word}`),
);
const calmRandom = randomOf('calm');
const history = new HistoryFile({ path: historyFile, client: name, startNs: BigInt(startNs) });
let isOver = false;

async function connectAtLast() {
  for (;;) {
    try {
      return await connect({ nodes, tls: { directory: sdkFolder } });
    } catch (error) {
      if (error.code !== 'AMOP_CLIENT_NOT_CONNECTED') throw error;
    }
  }
}

async function subscribeAtLast(subscriber, topic) {
  while (!(await subscriber.subscribe(topic, 'prompt')));
}

async function reachAtLast(client, node) {
  for (;;) {
    try {
      return await client.getNodeInfo({ node, timeoutMs: 2_000 });
    } catch (error) {
      if (!UNREACHED.has(error.code)) throw error;
    }
    await pause(100);
  }
}

async function begin() {
  const client = await connectAtLast();
  client.on('disconnected', ({ endpoint, error }) => {
    const { cause, code, details } = error;
    const text = `${endpoint} lost: ${code} ${details.reason}; ${cause?.message}`;
    history.write({ kind: 'link', text });
  });
  client.on('connected', ({ endpoint }) => {
    history.write({ kind: 'link', text: `${endpoint} connected` });
  });
  const sender = new Sender(client, history, name);
  const subscriber = new Subscriber(client, history, name, randomOf('handlers'));
  await Promise.all([STEADY_TOPIC, VAULT_TOPIC].map((each) => subscribeAtLast(subscriber, each)));
  return { client, sender, subscriber, load: new Load(sender, subscriber, randomOf('load')) };
}

const begun = begin();

const commands = {
  load: async ({ perSecond }) => {
    const { load } = await begun;
    if (!isOver) load.start(perSecond);
  },
  rest: async () => {
    const { load, subscriber } = await begun;
    await load.stop();
    return { topics: subscriber.topics() };
  },
  /** Resolves when each node has answered. */
  reach: async () => {
    const { client } = await begun;
    await Promise.all(nodes.map((node) => reachAtLast(client, node)));
  },
  calm: async ({ plan }) => {
    const { sender } = await begun;
    await sendInCalm(sender, calmRandom, plan);
  },
  /** All that happened before the question is in the file when it is answered. */
  sync: () => {},
  /** Hurried: while calls are under way, all of which must have ended afterwards. */
  close: async ({ isHurried }) => {
    isOver = true;
    const { client, load } = await begun;
    if (isHurried) load.halt();
    else await load.stop();
    await client.close();
    await load.stop();
    return client.counters();
  },
};

process.on('disconnect', () => {
  // After `close` the process has to end by itself; else whoever drives it is gone.
  if (!isOver) process.exit(1);
});
process.on('message', async ({ id, command, ...rest }) => {
  const answer = (await commands[command](rest)) ?? null;
  process.send({ id, answer }, () => {
    if (command === 'close') process.disconnect();
  });
});
