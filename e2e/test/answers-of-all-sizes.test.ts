import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type AmopClient, connect } from '@amop/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENCY, TwoNodes, untilRoutable } from '../src/node/two-nodes.ts';

/** Around what is copied, attached, joined from chunks, given back. */
const SIZES = [0, 100, 8_150, 16_300, 32_768, 40_000, 65_536, 100_000, 262_144, 700_000, 3e6];
const WORKERS = 12;
const TURNS = 22;
/** Half of them can be compressed. */
const BYTES = Buffer.concat([randomBytes(1_500_000), Buffer.alloc(1_500_100, 'amop')]);

describe.each([false, true])('answers of all sizes, compressed: %s', (enableCompress) => {
  let nodes: TwoNodes;
  const clients: AmopClient[] = [];
  beforeAll(async () => {
    nodes = await TwoNodes.start({ sameAgency: true, config: { enableCompress } });
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await nodes?.stop();
  });

  async function clientOf(name: 'A' | 'B'): Promise<AmopClient> {
    const client = await connect({
      nodes: `127.0.0.1:${nodes[name].config.channelPort}`,
      tls: { directory: join(nodes.chain.directory, AGENCY.A, 'sdk') },
    });
    clients.push(client);
    return client;
  }

  function answerOf(size: number, worker: number): Buffer {
    return worker % 2 === 0
      ? BYTES.subarray(worker, worker + size)
      : BYTES.subarray(BYTES.length - worker - size, BYTES.length - worker);
  }

  it('are what was sent, side by side, from the same node and from the other', async () => {
    const [asking, near, far] = [await clientOf('A'), await clientOf('A'), await clientOf('B')];
    for (const [topic, client] of [['near', near] as const, ['far', far] as const]) {
      await client.subscribe(`sizes/${topic}`, (message) => {
        const [size = 0, worker = 0] = message.text().split(' ').map(Number);
        return answerOf(size, worker);
      });
    }
    await untilRoutable(await nodes.client('A'), 'sizes/far');
    const wrong: string[] = [];
    let answers = 0;
    await Promise.all(
      Array.from({ length: WORKERS }, async (_, worker) => {
        for (let turn = 0; turn < TURNS; turn++) {
          const size = (SIZES[(turn * 5 + worker) % SIZES.length] ?? 0) + ((turn * 7) % 13);
          const topic = `sizes/${(turn + worker) % 2 === 0 ? 'near' : 'far'}`;
          const reply = await asking.request(topic, `${size} ${worker}`);
          if (!answerOf(size, worker).equals(reply.body)) wrong.push(`${topic} ${size}`);
          answers++;
        }
      }),
    );
    expect(wrong).toEqual([]);
    expect(answers).toBe(WORKERS * TURNS);
  });
});
