// A subscriber that does not read while much comes for it; every third time until its node cuts it.
import { encodeBody, encodeFrame, MULTICAST, RawChannel } from '../../accept/raw-channel.mjs';
import { readSdk } from '../../accept/raw-tls.mjs';
import { askAdmin } from '../admin-port.mjs';
import { FLOOD } from './topics.mjs';
import { pace, tally } from './worker.mjs';

const MIB = 1_048_576;
const CONTENT = Buffer.alloc(65_536);
/** Above high_water_bytes of 1 MiB and what the kernel takes, so that the node has to hold messages. */
const SOME_BYTES = 8 * MIB;
/** Above cut_bytes of 16 MiB and what the kernel takes. */
const TOO_MANY_BYTES = 28 * MIB;
const STOPPED_MS = 3_000;
const BETWEEN_MS = 5_000;
/** A node cuts 1 s after the last byte that was taken, at the next message. */
const CUT_WITHIN_MS = 15_000;

/** One round on a node. */
export async function readSlowly({ adminPort, port, sdkFolder }, round) {
  const sdk = readSdk(sdkFolder);
  const reader = await RawChannel.connect(port, sdk);
  const sender = await RawChannel.connect(port, sdk);
  try {
    await reader.subscribe([FLOOD]);
    reader.stopReading();
    if (round % 3 === 2) await tally.count('slow reader cut', () => untilCut(sender, adminPort));
    else await tally.count('slow reader goes on', () => pauseAndGoOn(reader, sender));
  } finally {
    reader.close();
    sender.close();
  }
  await pace.pass(BETWEEN_MS);
}

async function pauseAndGoOn(reader, sender) {
  await flood(sender, SOME_BYTES);
  await pace.pass(STOPPED_MS);
  reader.readOn();
  // Its answer comes behind all that was held for it.
  await reader.rpc('getPeers');
}

async function untilCut(sender, adminPort) {
  await flood(sender, TOO_MANY_BYTES);
  const endMs = performance.now() + CUT_WITHIN_MS;
  while (performance.now() < endMs) {
    await flood(sender, CONTENT.length);
    // Whoever reads nothing does not see the end of the connection: the node says it.
    const { subscribers } = await askAdmin(adminPort, `/v1/subscribers?topic=${FLOOD}`);
    if (subscribers.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw Object.assign(new Error(`not cut within ${CUT_WITHIN_MS} ms`), { code: 'NOT_CUT' });
}

async function flood(sender, bytes) {
  for (let sent = 0; sent < bytes; sent += CONTENT.length) {
    await sender.write(encodeFrame(MULTICAST, encodeBody(FLOOD, CONTENT)));
  }
}
