import { readFileSync } from 'node:fs';
import { parsePrivateKey } from '@amop/crypto';
import { privateKeyFile, publicKeyFile } from '../places.ts';
import { type BankProcess, ORDERS_TOPIC } from './bank-process.ts';

/** Longer than a proof over both nodes should take. */
const PROOF_TIMEOUT_MS = 10_000;
const ORDERS_MILLIONS = [3, 12, 7] as const;

/**
 * Opens the private topic for bank B's key alone, tells of every proof, and waits for bank B's.
 *
 * @returns what sends one order
 */
export async function openOrders({ client, say }: BankProcess): Promise<() => Promise<void>> {
  const told = new Set<string>();
  client.on('proof', ({ key, outcome, reason }) => {
    // A proof is renewed, who fails tries again, and a second terminal comes and goes: once is enough on the screen.
    if (outcome === 'expired') return;
    const news = `${outcome} ${key}`;
    if (told.has(news)) return;
    told.add(news);
    if (outcome === 'succeeded') say(`has seen bank B prove its key for ${ORDERS_TOPIC}`);
    else say(`turns another subscriber of ${ORDERS_TOPIC} away: ${reason}`);
  });
  const orders = client.privateTopic(ORDERS_TOPIC, {
    privateKey: parsePrivateKey(readFileSync(privateKeyFile('bankA'), 'utf8')),
    publicKeys: [readFileSync(publicKeyFile('bankB'), 'utf8')],
  });
  await orders.waitForSubscribers({ timeoutMs: PROOF_TIMEOUT_MS });
  let sent = 0;
  return async () => {
    const millions = ORDERS_MILLIONS[sent % ORDERS_MILLIONS.length];
    sent += 1;
    const text = JSON.stringify({ order: `sell ${millions} m EUR` });
    say(`sends on ${ORDERS_TOPIC}, sealed for bank B: ${text}`);
    try {
      await orders.publish(text);
    } catch (error) {
      say(`could not send the order: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}
