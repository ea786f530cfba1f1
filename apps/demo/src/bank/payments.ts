// Bank B's payments department: answers questions about accounts, listens to exchange rates, takes orders and files.
import { AnswerError } from '@amop/client';
import { openBankProcess, PAYMENTS_TOPIC } from './bank-process.ts';
import { takeOrders } from './order-taker.ts';
import { listenToRates } from './rates-listener.ts';
import { takeStatements } from './statement-taker.ts';

const BALANCES: ReadonlyMap<string, string> = new Map([
  ['17', '8.50 EUR'],
  ['42', '1250.00 EUR'],
  ['99', '730000.00 EUR'],
]);

const bank = await openBankProcess();
await bank.client.subscribe(PAYMENTS_TOPIC, async (message) => {
  if (message.kind !== 'request') return undefined;
  const account = accountOf(message.text());
  const balance = account === undefined ? undefined : BALANCES.get(account);
  if (balance === undefined) {
    bank.say(`refuses: it has no account ${account ?? 'in this request'}`);
    throw new AnswerError(`no such account; there are ${[...BALANCES.keys()].join(', ')}`);
  }
  const answer = JSON.stringify({ account, balance });
  bank.say(`answers: ${answer}`);
  return answer;
});
bank.say(`answers requests on ${PAYMENTS_TOPIC}`);
await listenToRates(bank);
await takeOrders(bank);
await takeStatements(bank);
bank.ready();

function accountOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'account' in value) {
      return String(value.account);
    }
  } catch {
    // No JSON: no account either.
  }
  return undefined;
}
