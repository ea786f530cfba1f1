// What idle sessions and topics cost a message: a loaded and an empty pair of nodes, measured in turns.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { median, startNetwork, untilRoutable } from './network.mjs';

const SESSIONS = 2_000;
const TOPICS = 10_000;
const LIMIT_PERCENT = 15;
const ROUNDS = 80;
const MESSAGES = 40;
const WARM_UP = 2_000;

/** @returns {Promise<import('../accept.mjs').Result[]>} */
export async function checkScale() {
  const pairs = { empty: await startNetwork(), loaded: await startNetwork() };
  const holders = [];
  try {
    // Half of the sessions and topics on either node, so that both ends of a message are loaded.
    for (const name of ['A', 'B']) holders.push(await holdIdle(pairs.loaded.nodes[name]));
    const senders = { empty: await exchange(pairs.empty), loaded: await exchange(pairs.loaded) };
    for (const sender of Object.values(senders)) await times(sender, WARM_UP);
    for (const holder of holders) {
      holder.send('refresh');
      await once(holder, 'message');
    }
    const samples = { empty: [], loaded: [] };
    for (let round = 0; round < ROUNDS; round++) {
      const order = round % 2 ? ['empty', 'loaded'] : ['loaded', 'empty'];
      for (const name of order) samples[name].push(...(await times(senders[name], MESSAGES)));
    }
    const [empty, loaded] = [median(samples.empty), median(samples.loaded)];
    const percent = (loaded / empty - 1) * 100;
    return [
      {
        check: `median time of a message with ${SESSIONS} idle sessions and ${TOPICS} topics`,
        limit: `< +${LIMIT_PERCENT} %`,
        measured: `${percent >= 0 ? '+' : ''}${percent.toFixed(1)} % (${us(empty)} -> ${us(loaded)})`,
        passed: percent < LIMIT_PERCENT,
      },
    ];
  } finally {
    for (const holder of holders) holder.kill();
    await Promise.all(Object.values(pairs).map((pair) => pair.stop()));
  }
}

async function holdIdle(node) {
  const args = [node.port, node.sdkFolder, SESSIONS / 2, TOPICS / 2].map(String);
  const holder = fork(new URL('./idle-sessions.mjs', import.meta.url), args);
  await once(holder, 'message');
  return holder;
}

async function exchange(pair) {
  const subscriber = await pair.client('B');
  subscriber.echo();
  await subscriber.subscribe(['measured']);
  const sender = await pair.client('A');
  await untilRoutable(sender, 'measured');
  return sender;
}

async function times(sender, count) {
  const samples = [];
  for (let i = 0; i < count; i++) {
    const from = performance.now();
    await sender.request('measured');
    samples.push(performance.now() - from);
  }
  return samples;
}

const us = (ms) => `${(ms * 1000).toFixed(0)} us`;
