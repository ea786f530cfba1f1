// Child process that holds idle sessions: node idle-sessions.mjs PORT SDK_FOLDER SESSIONS TOPICS
import { HEARTBEAT, RawChannel } from './raw-channel.mjs';
import { readSdk } from './raw-tls.mjs';

const PARALLEL = 16;

const [port, folder, sessions, topics] = process.argv.slice(2);
const sdk = readSdk(folder);
const perSession = Math.ceil(Number(topics) / Number(sessions));
const channels = [];

async function lane() {
  while (channels.length < Number(sessions)) {
    const index = channels.push(undefined) - 1;
    const channel = await RawChannel.connect(Number(port), sdk);
    channels[index] = channel;
    await channel.subscribe(
      Array.from({ length: perSession }, (_, i) => `idle/${port}/${index * perSession + i}`),
    );
  }
}

await Promise.all(Array.from({ length: PARALLEL }, lane));
// The node ends a session that is silent for 60 s: one sign of life when the measurement begins.
process.on('message', async () => {
  await Promise.all(channels.map((channel) => channel.call(HEARTBEAT, '0')));
  process.send('refreshed');
});
process.on('disconnect', () => process.exit(0));
process.send('open');
