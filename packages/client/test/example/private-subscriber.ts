// biome-ignore-all lint/suspicious/noConsole: the program of the README, which prints
import { readFile } from 'node:fs/promises';
import { connect } from '@amop/client';
import { parsePrivateKey } from '@amop/crypto';

const client = await connect({ nodes: '127.0.0.1:20200', tls: { directory: './sdk' } });
try {
  const privateKey = parsePrivateKey(await readFile('./bank-b.pem', 'utf8'));
  const publishers = [await readFile('./bank-a.public.pem', 'utf8')];
  const orders = await client.subscribePrivate('orders', { privateKey, publishers });
  console.log(`publishers have to allow ${orders.publicKey}`);
  for await (const order of orders) {
    console.log(`${order.sender} sends ${order.text()}`);
    order.respond('taken');
    break;
  }
} finally {
  await client.close();
}
