// biome-ignore-all lint/suspicious/noConsole: the program of the README, which prints
import { connect } from '@amop/client';

const client = await connect({ nodes: '127.0.0.1:20200', tls: { directory: './sdk' } });
try {
  const sent = await client.sendFile('reports', './report.pdf', {
    onProgress: ({ phase, bytes, totalBytes }) => console.log(`${phase} ${bytes}/${totalBytes}`),
  });
  console.log(`${sent.name} has arrived, hash ${sent.hash}`);
} finally {
  await client.close();
}
