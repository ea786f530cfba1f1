// biome-ignore-all lint/suspicious/noConsole: the program of the README, which prints
import { once } from 'node:events';
import { connect } from '@amop/client';

const client = await connect({ nodes: '127.0.0.1:20200', tls: { directory: './sdk' } });
await client.receiveFiles('reports', {
  directory: './incoming',
  accept: (offer) => offer.size < 1_000_000_000 && offer.name.endsWith('.pdf'),
  onEvent: (event) => {
    if (event.kind === 'done') console.log(`received ${event.path}`);
    if (event.kind === 'failed') console.log(`${event.offer.name} failed: ${event.reason}`);
  },
});
await once(process, 'SIGINT');
await client.close();
