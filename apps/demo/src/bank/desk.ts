// Bank A's desk: asks bank B about accounts, publishes exchange rates, and sends orders and a
// file that only bank B can read.
import { setTimeout as wait } from 'node:timers/promises';
import { type BankProcess, openBankProcess, PAYMENTS_TOPIC, RATES_TOPIC } from './bank-process.ts';
import { openOrders } from './order-desk.ts';
import { sendStatement } from './statement-desk.ts';

const ACCOUNTS = ['42', '17', '99'] as const;
const OPENING_REQUESTS = 3;
/** Light traffic after the opening: one request or one rate each time. */
const TRAFFIC_MS = 15_000;
const ROUTE_POLL_MS = 50;
/** About 5 s: longer than it should take. */
const LONG_WAIT_POLLS = 100;
/** Until the others have told what they received, or have been turned away. */
const SETTLE_MS = 150;

const bank = await openBankProcess();
bank.ready();
await bank.started;
await waitForRoute(bank);
for (let index = 0; index < OPENING_REQUESTS; index += 1) await ask(bank, index);
await publishRate(bank);
const sendOrder = await openOrders(bank);
await wait(SETTLE_MS);
await sendOrder();
await wait(SETTLE_MS);
await sendStatement(bank);
await wait(SETTLE_MS);
bank.opened();
const traffic = [(round: number) => ask(bank, round), () => publishRate(bank), sendOrder];
for (let round = 0; ; round += 1) {
  for (const action of traffic) {
    await wait(TRAFFIC_MS);
    await action(round);
  }
}

/** Waits until bank A's node knows that bank B's node has a subscriber. */
async function waitForRoute({ client, say }: BankProcess): Promise<void> {
  for (let polls = 1; ; polls += 1) {
    const peers = await client.getPeers();
    const peer = peers.find(({ Topic }) => Topic.includes(PAYMENTS_TOPIC));
    if (peer !== undefined) {
      say(`sees that its node is connected to ${peer.Node} of ${peer.Agency}`);
      return;
    }
    if (polls === LONG_WAIT_POLLS) say('still waits for the two nodes to connect to each other');
    await wait(ROUTE_POLL_MS);
  }
}

async function ask({ client, say }: BankProcess, round: number): Promise<void> {
  const question = JSON.stringify({ account: ACCOUNTS[round % ACCOUNTS.length] });
  say(`asks on ${PAYMENTS_TOPIC}: ${question}`);
  const started = performance.now();
  try {
    await client.request(PAYMENTS_TOPIC, question);
    const elapsedMs = performance.now() - started;
    say(`has the answer, round trip ${elapsedMs.toFixed(1)} ms over both nodes`);
  } catch (error) {
    say(`got no answer: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function publishRate({ client, say }: BankProcess): Promise<void> {
  const rate = (1.08 + Math.random() / 100).toFixed(4);
  const text = JSON.stringify({ pair: 'EUR/USD', rate });
  say(`publishes on ${RATES_TOPIC}: ${text}`);
  try {
    await client.publish(RATES_TOPIC, text);
  } catch (error) {
    say(`could not publish: ${error instanceof Error ? error.message : String(error)}`);
  }
}
