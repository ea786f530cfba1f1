// Somebody in bank A with a good certificate, at the node of the one who sends, and with a key that nobody has allowed.
import { generateKeyPair } from '@amop/crypto';
import { ORDERS_TOPIC, openBankProcess } from './bank-process.ts';

const bank = await openBankProcess();
const { privateKey } = generateKeyPair('secp256k1');
let received = 0;
await bank.client.subscribePrivate(ORDERS_TOPIC, { privateKey }, async (message) => {
  received += 1;
  bank.say(`GETS WHAT IT SHOULD NOT: ${message.text()}`);
});
bank.say(`subscribes ${ORDERS_TOPIC} too, with a certificate of bank A and a key of its own`);
bank.ready();
await bank.started;
bank.say(`has received ${received === 0 ? 'nothing' : `${received} messages`} on ${ORDERS_TOPIC}`);
bank.opened();
