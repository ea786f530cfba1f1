// How soon an original SDK hears what it waits for.
import { median, startNetwork, untilRoutable } from './network.mjs';

const NO_SUBSCRIBER_MS = 500;
const SUBSCRIPTION_MS = 50;
const REPEATS = 20;
const PROBE_EVERY_MS = 1;
const PROBE_DEADLINE_MS = 10_000;

/** @returns {Promise<import('../accept.mjs').Result[]>} */
export async function checkAnswers() {
  const network = await startNetwork();
  try {
    return [await noSubscriber(network), await freshSubscription(network)];
  } finally {
    await network.stop();
  }
}

async function noSubscriber(network) {
  const sender = await network.client('A');
  const times = [];
  let wrong = 0;
  for (let i = 0; i < REPEATS; i++) {
    const from = performance.now();
    const { result, data } = await sender.request(`nobody/${i}`);
    times.push(performance.now() - from);
    if (result !== 100 || data.length !== 0) wrong++;
  }
  const worst = Math.max(...times);
  return {
    check: 'answer 100, no data, to a topic without subscriber (longest of 20)',
    limit: `< ${NO_SUBSCRIBER_MS} ms`,
    measured: `${worst.toFixed(2)} ms${wrong > 0 ? `, ${wrong} wrong answers` : ''}`,
    passed: worst < NO_SUBSCRIBER_MS && wrong === 0,
  };
}

async function freshSubscription(network) {
  const sender = await network.client('A');
  const subscriber = await network.client('B');
  subscriber.echo();
  await subscriber.subscribe(['fresh/warm-up']);
  await untilRoutable(sender, 'fresh/warm-up');
  const times = [];
  for (let i = 0; i < REPEATS; i++) times.push(await firstAnswer(sender, subscriber, `fresh/${i}`));
  const middle = median(times);
  const longest = Math.max(...times).toFixed(2);
  return {
    check: 'from 0x32 on B to the first answer at A (median of 20)',
    limit: `< ${SUBSCRIPTION_MS} ms`,
    measured: `${middle.toFixed(2)} ms (longest ${longest} ms)`,
    passed: middle < SUBSCRIPTION_MS,
  };
}

/** Time from sending the subscription to the first answer; a new request each millisecond. */
function firstAnswer(sender, subscriber, topic) {
  return new Promise((resolve, reject) => {
    let done = false;
    const end = (settle, value) => {
      if (done) return;
      done = true;
      clearInterval(timer);
      settle(value);
    };
    const from = performance.now();
    const probe = () => {
      if (performance.now() - from > PROBE_DEADLINE_MS) {
        end(reject, new Error(`${topic} is not usable after ${PROBE_DEADLINE_MS} ms`));
        return;
      }
      sender.request(topic).then(
        ({ result }) => {
          if (result === 0) end(resolve, performance.now() - from);
        },
        (error) => end(reject, error),
      );
    };
    const timer = setInterval(probe, PROBE_EVERY_MS);
    subscriber.subscribe([topic]).catch((error) => end(reject, error));
    probe();
  });
}
