// Bank A's treasury: listens to exchange rates.
import { openBankProcess } from './bank-process.ts';
import { listenToRates } from './rates-listener.ts';

const bank = await openBankProcess();
await listenToRates(bank);
bank.ready();
