import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwoNodes, untilRoutable } from '../src/node/two-nodes.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import { Channel, decodeBody, encodeBody } from '../src/wire/channel-frame.ts';

const END = 'the last one';

/** Contents that a subscriber got, up to the last one of the test. */
async function contentsOf(subscriber: RawClient): Promise<readonly string[]> {
  const contents: string[] = [];
  for (;;) {
    const push = await subscriber.byType(Channel.multicast);
    const content = decodeBody(push.data).content.toString();
    if (content === END) return contents;
    contents.push(content);
  }
}

describe('multicast between two nodes', () => {
  let nodes: TwoNodes;
  let a: RawClient;
  let b: RawClient;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
    a = await nodes.client('A');
    b = await nodes.client('B');
  });
  afterAll(() => nodes?.stop());

  it.each(['A', 'B'] as const)(
    'reaches every session once, also on the own node, from %s',
    async (at) => {
      const topic = `news from ${at}`;
      const subscribers: RawClient[] = [];
      for (const node of ['A', 'A', 'B', 'B', 'B'] as const) {
        subscribers.push(await nodes.subscriber(node, topic));
      }
      const stranger = await nodes.subscriber('B', 'other news');
      const sender = at === 'A' ? a : b;
      await untilRoutable(sender, topic);

      const sent = Array.from({ length: 20 }, (_, i) => `item ${i}`);
      for (const content of [...sent, END]) await sender.multicast(topic, content);
      for (const subscriber of subscribers) expect(await contentsOf(subscriber)).toEqual(sent);
      await stranger.barrier();
      expect(stranger.inbox.items).toEqual([]);
    },
  );

  it('comes back to a sender that is subscribed itself, once', async () => {
    await nodes.subscriber('B', 'own news');
    const sender = await nodes.subscriber('A', 'own news');
    await untilRoutable(sender, 'own news');
    for (const content of ['one', 'two', END]) {
      sender.sendFrame(Channel.multicast, encodeBody('own news', content));
    }
    expect(await contentsOf(sender)).toEqual(['one', 'two']);
  });

  it('carries 1 MiB', async () => {
    const subscriber = await nodes.subscriber('B', 'large news');
    await untilRoutable(a, 'large news');
    const content = Buffer.alloc(1024 * 1024, 'n');
    await a.multicast('large news', content);
    const push = await subscriber.byType(Channel.multicast);
    expect(decodeBody(push.data).content.equals(content)).toBe(true);
  });

  it('is acknowledged with its own bytes, with and without subscribers', async () => {
    await nodes.subscriber('B', 'known news');
    await untilRoutable(a, 'known news');
    for (const topic of ['known news', 'unknown news']) {
      const ack = await a.multicast(topic, 'flash');
      expect(ack).toMatchObject({ type: Channel.response, result: 0 });
      expect(decodeBody(ack.data)).toEqual({ topic, content: Buffer.from('flash') });
    }
  });
});
