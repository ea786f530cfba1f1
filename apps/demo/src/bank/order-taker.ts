import { readFileSync } from 'node:fs';
import { parsePrivateKey } from '@amop/crypto';
import { privateKeyFile, publicKeyFile } from '../places.ts';
import { type BankProcess, ORDERS_TOPIC } from './bank-process.ts';

/** Takes what bank A sends on the private topic: bank B proves its key, and believes the key of bank A only. */
export async function takeOrders(bank: BankProcess): Promise<void> {
  const privateKey = parsePrivateKey(readFileSync(privateKeyFile('bankB'), 'utf8'));
  const publishers = [readFileSync(publicKeyFile('bankA'), 'utf8')];
  await bank.client.subscribePrivate(ORDERS_TOPIC, { privateKey, publishers }, async (message) => {
    bank.say(`opens on ${ORDERS_TOPIC}, sealed by bank A's key: ${message.text()}`);
  });
  bank.say(`subscribes the private topic ${ORDERS_TOPIC} with bank B's key`);
}
