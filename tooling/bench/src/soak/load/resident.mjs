// An application that is always there: asks, answers, tells everybody. One on node A, one on node B.
import { setTimeout as wait } from 'node:timers/promises';
import { AnswerError } from '@amop/client';
import { bodyOf, MIB, mixedBody, mustEqual } from './bodies.mjs';
import { echoAt, failingAt, freshTopic, lateAt, MUTE, NEWS } from './topics.mjs';
import { closeClients, connectTo, endLoad, keep, pace, report, tally } from './worker.mjs';

/** Calls a second at the rate 1. */
const PER_SECOND = {
  request: 100,
  requestToRestarted: 40,
  multicast: 15,
  large: 0.5,
  mute: 1,
  late: 1,
  aborted: 2,
  unknown: 5,
  failing: 2,
};
const SHORT_TIMEOUT_MS = 1_500;
const LATE_MS = 4_000;
const ABORT_MS = 200;
const NO_ANSWER = ['AMOP_CLIENT_NO_ANSWER', 'AMOP_CLIENT_TIMEOUT'];

/** @type {import('@amop/client').AmopClient} */
let client;
let self;
/** Multicasts heard, by their sender, and sent. */
const heard = {};
let sent = 0;
const lateAnswers = new Set();

/** Connects and subscribes. */
export async function open({ name, ...place }) {
  self = name;
  client = keep(name, await connectTo(`resident-${name}`, place));
  await client.subscribe(echoAt(name), (message) => message.body);
  await client.subscribe(lateAt(name), () => {
    const answer = wait(LATE_MS, 'too late').finally(() => lateAnswers.delete(answer));
    lateAnswers.add(answer);
    return answer;
  });
  await client.subscribe(failingAt(name), () => {
    throw new AnswerError('no');
  });
  await client.subscribe(NEWS, (message) => {
    const sender = message.text().slice(4, 5);
    heard[sender] = (heard[sender] ?? 0) + 1;
  });
}

/** Begins to ask. */
export function load({ other, restarted, rate }) {
  const every = (kind, act, explained) => {
    pace.every(PER_SECOND[kind] * rate, () => tally.count(kind, act, explained));
  };
  const echo = async (node, body) => {
    mustEqual((await client.request(echoAt(node), body)).body, body);
  };
  const small = (topic, options) => client.request(topic, bodyOf(64), options);
  const short = { timeoutMs: SHORT_TIMEOUT_MS };
  every('request', () => echo(other, mixedBody()));
  every('requestToRestarted', () => echo(restarted, mixedBody()), { nearRestart: true });
  every('large', () => echo(other, bodyOf(MIB)));
  every('multicast', async () => {
    await client.publish(NEWS, `from${self} ${mixedBody().toString('latin1', 0, 2_048)}`);
    sent++;
  });
  every('mute', () => small(MUTE, short), { mustFail: NO_ANSWER });
  every('late', () => small(lateAt(other), short), { mustFail: NO_ANSWER });
  every('aborted', abortedRequest, { mustFail: ['AMOP_CLIENT_ABORTED'] });
  every('unknown', () => small(freshTopic('unknown')), {
    mustFail: ['AMOP_CLIENT_NO_SUBSCRIBER'],
  });
  every('failing', () => small(failingAt(other)), { mustFail: ['AMOP_CLIENT_HANDLER_FAILED'] });
}

async function abortedRequest() {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ABORT_MS);
  try {
    await client.request(MUTE, mixedBody(), { signal: abort.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Multicasts sent, and heard by their sender. */
export function news() {
  return { sent, heard };
}

/** Closes once the last late answer is out. */
export async function close() {
  await Promise.all(lateAnswers);
  return closeClients();
}

export { endLoad, report };
