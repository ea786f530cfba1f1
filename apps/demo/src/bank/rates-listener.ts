import { type BankProcess, RATES_TOPIC } from './bank-process.ts';

/** Subscribes to exchange rates and says what comes, until the client is closed. */
export async function listenToRates(bank: BankProcess): Promise<void> {
  await bank.client.subscribe(RATES_TOPIC, async (message) => {
    if (message.kind === 'multicast') bank.say(`receives on ${RATES_TOPIC}: ${message.text()}`);
  });
  bank.say(`listens to ${RATES_TOPIC}`);
}
