import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwoNodes, untilRoutable } from '../src/node/two-nodes.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import { READING_HABITS } from '../src/sdk/reading-habit.ts';
import {
  Channel,
  decodeBody,
  decodeChannel,
  encodeBody,
  encodeChannel,
  newSeq,
} from '../src/wire/channel-frame.ts';
import { FrameSplitter } from '../src/wire/frame-splitter.ts';

/** Sizes around a read of the Go SDK, a TLS record and the size from which bodies are not copied. */
const SIZES = [0, 1, 4_000, 4_053, 4_054, 4_055, 4_096, 16_341, 16_384, 40_000, 100_000];

describe('D-24 what the original SDKs read', () => {
  let nodes: TwoNodes;
  let sender: RawClient;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
    sender = await nodes.client('A');
  });
  afterAll(() => nodes?.stop());

  /** A session that has got a burst of frames of several kinds, sent by others and made by its node. */
  async function burst(place: 'A' | 'B', topic: string): Promise<RawClient> {
    const client = await nodes.subscriber(place, topic);
    if (place === 'B') await untilRoutable(sender, topic);
    const bodies = SIZES.map((size) => encodeBody(topic, Buffer.alloc(size, 'x')));
    const requests = bodies.map((body) => encodeChannel(Channel.request, newSeq(), body));
    const multicasts = bodies.map((body) => encodeChannel(Channel.multicast, newSeq(), body));
    sender.send(...requests, ...multicasts, ...requests.map(renamed));
    // Replies of the node itself, between what it passes on.
    for (let i = 0; i < SIZES.length; i++) client.sendFrame(Channel.rpc, '{"id":1,"method":"x"}');
    const wanted = 3 * SIZES.length;
    for (let i = 0; i < wanted; i++) {
      await client.inbox.take(({ type }) => type !== Channel.rpc, 'a frame of the burst');
    }
    await client.barrier();
    return client;
  }

  for (const { create, name } of READING_HABITS) {
    it.each(['A', 'B'] as const)(`${name}; at node %s`, async (place) => {
      // A topic each: what a session leaves unanswered goes to the next subscriber of its topic.
      const client = await burst(place, `${name} at ${place}`);
      const reader = create();
      const splitter = new FrameSplitter();
      const frames = client.records.flatMap((record) => {
        const read = reader(record);
        // Equal after each record: nothing waits for bytes that may come much later.
        expect(read.map(latin1)).toEqual(splitter.push(record).map(latin1));
        return read;
      });
      const contents = frames
        .map(decodeChannel)
        .filter(({ type }) => type === Channel.request || type === Channel.multicast)
        .map(({ data }) => decodeBody(data).content.length);
      // Nodes that have just met may change from one connection to another in between: whole, not in order.
      const inOrder = (a: number, b: number): number => a - b;
      expect(contents.sort(inOrder)).toEqual([...SIZES, ...SIZES, ...SIZES].sort(inOrder));
      await client.close();
    });
  }
});

/** Bytes in a form that compares quickly. */
const latin1 = (bytes: Buffer): string => bytes.toString('latin1');

/** The same request under a new seq. */
function renamed(frame: Buffer): Buffer {
  const { data, type } = decodeChannel(frame);
  return encodeChannel(type, newSeq(), data);
}
