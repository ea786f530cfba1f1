// biome-ignore-all lint/suspicious/noConsole: the program of the README, which prints
import { readFile } from 'node:fs/promises';
import { connect } from '@amop/client';
import { parsePrivateKey } from '@amop/crypto';

const client = await connect({ nodes: '127.0.0.1:20200', tls: { directory: './sdk' } });
client.on('proof', ({ outcome, key, reason }) => console.log(`${outcome}: ${reason ?? key}`));
try {
  const privateKey = parsePrivateKey(await readFile('./bank-a.pem', 'utf8'));
  const publicKeys = [await readFile('./bank-b.public.pem', 'utf8')];
  const orders = client.privateTopic('orders', { privateKey, publicKeys });
  await orders.waitForSubscribers({ count: 1, timeoutMs: 10_000 });
  const reply = await orders.request('100 ACME');
  console.log(reply.text());
  await orders.publish('trading ends');
} finally {
  await client.close();
}
