// biome-ignore-all lint/suspicious/noConsole: the program of the README, which prints
import { connect } from '@amop/client';

const client = await connect({ nodes: '127.0.0.1:20200', tls: { directory: './sdk' } });
try {
  // Answer requests: what the handler gives back, text or bytes, is the answer.
  await client.subscribe('prices', async (message) => `${message.text()} costs 42`);

  // Ask: one subscriber of the topic, on any connected node, answers.
  const reply = await client.request('prices', 'ACME', { timeoutMs: 2_000 });
  console.log(reply.text());

  // Tell everybody who subscribes, here by iterating.
  const news = await client.subscribe('news');
  await client.publish('news', 'trading begins');
  for await (const message of news) {
    console.log(message.text());
    break;
  }
} finally {
  await client.close();
}
