import { STEADY_TOPIC } from '../topics.mjs';

const AT_ONCE = 8;
const TIMEOUT_MS = 10_000;

/**
 * Sends what must arrive, since nothing is at fault.
 *
 * @param {import('./sender.mjs').Sender} sender
 * @param {import('../random.mjs').Random} random
 * @param {{ requests: number, publishes: number, group?: string, subscribers: Record<string, string[]> }} plan
 *   `subscribers`: who has each topic, and keeps it meanwhile
 */
export async function sendInCalm(sender, random, { requests, publishes, group, subscribers }) {
  const topics = Object.keys(subscribers);
  const kinds = random.shuffle([
    ...Array(requests).fill('request'),
    ...Array(publishes).fill('publish'),
  ]);
  const send = () => {
    const bytes = random.size(100, 200_000);
    if (kinds.pop() === 'request') {
      const claims = { mustSucceed: true, ...(group !== undefined && { group }) };
      return sender.request(STEADY_TOPIC, { bytes, timeoutMs: TIMEOUT_MS, claims });
    }
    const topic = random.pick(topics);
    const claims = { mustReach: subscribers[topic] };
    return sender.publish(topic, { bytes, timeoutMs: TIMEOUT_MS, claims });
  };
  const worker = async () => {
    while (kinds.length > 0) await send();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
